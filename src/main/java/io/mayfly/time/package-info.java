/** Deadlines and limits, and what tests replace to have time stand still. */
@NullMarked
package io.mayfly.time;

import org.jspecify.annotations.NullMarked;
