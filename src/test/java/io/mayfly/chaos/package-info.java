/** A deterministic simulation of the function between GitHub and EC2, with faults in every mix. */
@NullMarked
package io.mayfly.chaos;

import org.jspecify.annotations.NullMarked;
