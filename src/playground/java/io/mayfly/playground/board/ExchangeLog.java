package io.mayfly.playground.board;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The newest requests and answers, as many as fit into 32 MiB. */
public final class ExchangeLog {

    private static final int MOST_BYTES = 32 << 20;

    private final Map<Long, Exchange> exchanges = new HashMap<>();
    private final ArrayDeque<Long> order = new ArrayDeque<>();
    private long bytes;
    private long lastId;

    public synchronized long add(Exchange exchange) {
        exchanges.put(++lastId, exchange);
        order.add(lastId);
        bytes += exchange.size();
        while (bytes > MOST_BYTES) {
            bytes -= Objects.requireNonNull(exchanges.remove(order.remove())).size();
        }
        return lastId;
    }

    /** Those that are still there. */
    public synchronized List<Exchange> find(List<Long> ids) {
        return ids.stream().map(exchanges::get).filter(Objects::nonNull).toList();
    }
}
