/** Pools of runners, and the lifecycle of a runner with its instance. */
@NullMarked
package io.mayfly.runner;

import org.jspecify.annotations.NullMarked;
