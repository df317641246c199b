/** Emulators of GitHub and AWS and what drives the function against them: for play, for the demo and for tests. */
@NullMarked
package io.mayfly.playground;

import org.jspecify.annotations.NullMarked;
