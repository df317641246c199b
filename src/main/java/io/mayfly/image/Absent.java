package io.mayfly.image;

import java.util.function.Supplier;

/** Stands for what was left out: whoever asks for it after all learns what it was. */
record Absent<T>(String what) implements Supplier<T> {

    @Override
    public T get() {
        throw failure(what);
    }

    static IllegalStateException failure(String what) {
        return new IllegalStateException(what + " is not in the native binary");
    }
}
