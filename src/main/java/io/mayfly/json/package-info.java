/** Reading JSON that others wrote: events, answers, settings. */
@NullMarked
package io.mayfly.json;

import org.jspecify.annotations.NullMarked;
