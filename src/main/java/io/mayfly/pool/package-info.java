/** The kinds of runners, and which jobs get one. */
@NullMarked
package io.mayfly.pool;

import org.jspecify.annotations.NullMarked;
