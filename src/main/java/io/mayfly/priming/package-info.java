/** What marks work that is done ahead of need, so that it leaves no trace; knows none of the others. */
@NullMarked
package io.mayfly.priming;

import org.jspecify.annotations.NullMarked;
