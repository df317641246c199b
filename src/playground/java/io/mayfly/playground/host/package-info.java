/** What runs the function: Lambda's runtime API, the package as a process, Quarkus' dev mode, and the events of a function URL. */
@NullMarked
package io.mayfly.playground.host;

import org.jspecify.annotations.NullMarked;
