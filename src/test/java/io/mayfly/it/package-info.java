/** The packaged function, JVM or native, as a black box between the emulators. */
@NullMarked
package io.mayfly.it;

import org.jspecify.annotations.NullMarked;
