/** What all emulators share: a server on the loopback interface, JSON, the log of calls, faults and time. */
@NullMarked
package io.mayfly.playground.wire;

import org.jspecify.annotations.NullMarked;
