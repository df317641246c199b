/** The function's environment variables, which tests replace. */
@NullMarked
package io.mayfly.environment;

import org.jspecify.annotations.NullMarked;
