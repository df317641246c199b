/** What became of an event, and what kept it from becoming anything. */
@NullMarked
package io.mayfly.outcome;

import org.jspecify.annotations.NullMarked;
