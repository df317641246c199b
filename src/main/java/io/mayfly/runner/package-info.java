/** Ending runners and their instances. */
@NullMarked
package io.mayfly.runner;

import org.jspecify.annotations.NullMarked;
