/**
 * What the native binary does without, of the libraries that the function uses a corner of. GraalVM keeps what can be reached
 * from the start, and Quarkus' extensions start much that no event comes to. Each class here replaces methods of a library
 * in the native image, and only there; on the JVM none of this is loaded.
 */
@NullMarked
package io.mayfly.image;

import org.jspecify.annotations.NullMarked;
