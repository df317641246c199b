package io.mayfly.metrics;

/** Where lines go. Tests put their own in its place. */
@FunctionalInterface
public interface MetricsOutput {

    /**
     * Writes a line.
     *
     * @param line one JSON object in ASCII, with the line's end
     */
    void write(byte[] line);

    /**
     * The process' own output, which Lambda hands to CloudWatch. The logging would put the line into a JSON of its own,
     * and CloudWatch takes metrics only from a line that is nothing else. It goes out in one piece, so that a log line can't
     * get between.
     */
    static MetricsOutput stdout() {
        return line -> {
            System.out.write(line, 0, line.length);
            System.out.flush();
        };
    }
}
