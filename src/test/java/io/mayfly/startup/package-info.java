/** The function's start, for tests. */
@NullMarked
package io.mayfly.startup;

import org.jspecify.annotations.NullMarked;
