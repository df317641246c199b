package io.mayfly.startup;

import io.mayfly.chaos.Beans;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;

/** What the function does before its first event, outside of Quarkus. */
public final class StartUp {

    private StartUp() {}

    /** Does it, and waits until all of it is done, however slow the machine is. */
    public static void of(Beans beans) throws InterruptedException {
        beans.get(Priming.class).onStart(new StartupEvent(), LaunchMode.NORMAL);
        var group = Thread.currentThread().getThreadGroup();
        var threads = new Thread[group.activeCount() + 16];
        var number = group.enumerate(threads);
        for (var count = 0; count < number; count++) {
            if (threads[count] != Thread.currentThread()) {
                threads[count].join();
            }
        }
    }
}
