package io.mayfly.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkersTest {

    private final Workers workers = Workers.system();

    @Test
    void doesEachPieceOnce() {
        var done =
                IntStream.range(0, 10).mapToObj(number -> new AtomicInteger()).toList();

        workers.each(
                3, done.stream().<Runnable>map(count -> count::incrementAndGet).toList());

        assertThat(done).allSatisfy(count -> assertThat(count).hasValue(1));
    }

    @Test
    void doesThemSideBySide() {
        var begun = new CountDownLatch(2);
        Runnable piece = () -> {
            begun.countDown();
            try {
                begun.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };

        workers.each(2, List.of(piece, piece));

        assertThat(begun.getCount()).isZero();
    }

    @Test
    void returnsWhereThereIsNothingToDo() {
        workers.each(2, List.of());
    }
}
