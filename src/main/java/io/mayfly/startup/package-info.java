/** What is done before the first event, while Lambda gives the function a whole processor. */
@NullMarked
package io.mayfly.startup;

import org.jspecify.annotations.NullMarked;
