/** Launching instances for queued jobs: which offering, how many, and when not. */
@NullMarked
package io.mayfly.fleet;

import org.jspecify.annotations.NullMarked;
