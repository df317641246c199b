package io.mayfly.fleet;

import java.util.List;

/**
 * What an instance was launched for, as its user data says it.
 *
 * @param scope as in the tag {@code mayfly:scope}
 * @param label empty: its runner has the pool's labels and no other
 */
public record Ticket(String pool, String scope, String label) {

    List<String> fields() {
        return List.of(pool, scope, label);
    }
}
