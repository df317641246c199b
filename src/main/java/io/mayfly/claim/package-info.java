/** An instance claims its runner: who it is, whether it may, and the registration, once. */
@NullMarked
package io.mayfly.claim;

import org.jspecify.annotations.NullMarked;
