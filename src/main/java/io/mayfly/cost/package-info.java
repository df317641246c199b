/** What instances cost, by estimate. */
@NullMarked
package io.mayfly.cost;

import org.jspecify.annotations.NullMarked;
