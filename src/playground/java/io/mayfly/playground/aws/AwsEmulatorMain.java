package io.mayfly.playground.aws;

import io.mayfly.playground.wire.Emulation;
import java.io.IOException;
import java.time.InstantSource;

/**
 * AWS' emulator alone, for checks that are not written in Java. It prints its URL, and ends when its standard input does.
 */
final class AwsEmulatorMain {

    private AwsEmulatorMain() {}

    public static void main(String[] arguments) throws IOException {
        try (AwsEmulator aws = AwsEmulator.start(Emulation.of(InstantSource.system()))) {
            System.out.println(aws.url());
            while (System.in.read() >= 0) {
                // Nothing is expected; the end is what counts.
            }
        }
    }
}
