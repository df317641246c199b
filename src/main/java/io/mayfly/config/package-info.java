/** Settings from the environment and from SSM, time limits, and the errors that name what is wrong. */
@NullMarked
package io.mayfly.config;

import org.jspecify.annotations.NullMarked;
