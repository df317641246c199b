/** One line for each outcome, in CloudWatch's embedded metric format: the names, what is counted, and how it is written. */
@NullMarked
package io.mayfly.metrics;

import org.jspecify.annotations.NullMarked;
