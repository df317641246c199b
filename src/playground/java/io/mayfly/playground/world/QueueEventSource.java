package io.mayfly.playground.world;

import io.mayfly.playground.board.Journal;
import io.mayfly.playground.host.InvocationQueue;
import java.util.OptionalLong;

/** Lambda's side of the queue: has the function consume what is there, one event at a time here. */
public final class QueueEventSource {

    private static final int MILLISECONDS = 200;

    private final Playground playground;
    private final InvocationQueue invocations;
    private final Journal journal;

    public QueueEventSource(Playground playground, InvocationQueue invocations, Journal journal) {
        this.playground = playground;
        this.invocations = invocations;
        this.journal = journal;
    }

    /** Takes messages from now on. */
    public void switchOn() {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Thread.sleep(MILLISECONDS);
                    consume();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void consume() {
        var messages = playground.messages();
        if (messages.isEmpty()) {
            return;
        }
        try {
            invocations.inTurn(OptionalLong.empty(), false, (invocation, function) -> {
                function.invoke(playground.event(messages));
                return true;
            });
            playground.queue().delete(messages);
            journal.write("Queue: an event with " + messages.size() + " of the jobs that were handed over");
        } catch (IllegalStateException e) {
            journal.write("Queue: the jobs were not consumed: " + e.getMessage());
        }
    }
}
