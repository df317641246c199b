/** A real GitHub behind the emulator: who asks it, and who fetches its deliveries. */
@NullMarked
package io.mayfly.playground.relay;

import org.jspecify.annotations.NullMarked;
