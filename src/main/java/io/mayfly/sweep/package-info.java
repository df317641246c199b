/** Compares what GitHub wants with what EC2 has, and mends the difference. */
@NullMarked
package io.mayfly.sweep;

import org.jspecify.annotations.NullMarked;
