package io.mayfly.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An answer's body (RFC 9112, 6.3).
 *
 * @param certain whether there is no doubt that it ended where it was taken to end. Where there is, what is read next on
 *     the connection may be the rest of it
 */
record Body(byte[] bytes, boolean certain) {

    private static final int LONGEST = 16 << 20;
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})([ \t]*(?:;.*)?)");

    /**
     * Reads it.
     *
     * @param unwanted whether the request was one that is answered without
     */
    static Body read(Head head, boolean unwanted, Received in) throws IOException {
        var lengths = head.elements("content-length");
        var encodings = head.elements("transfer-encoding");
        if (unwanted || head.isBodiless()) {
            return new Body(new byte[0], encodings.isEmpty() && lengths.stream().allMatch("0"::equals));
        }
        if (!encodings.isEmpty()) {
            if (!encodings.equals(List.of("chunked"))) {
                throw new IOException("unknown transfer encoding");
            }
            return chunks(in, lengths.isEmpty());
        }
        if (lengths.isEmpty()) {
            return new Body(in.rest(LONGEST), false);
        }
        if (lengths.stream().distinct().count() > 1) {
            throw new IOException("two different lengths");
        }
        return new Body(in.exactly(size(lengths.getFirst())), lengths.size() == 1);
    }

    private static Body chunks(Received in, boolean alone) throws IOException {
        var body = new ByteArrayOutputStream();
        var plain = alone;
        while (true) {
            var line = CHUNK_SIZE.matcher(in.line());
            if (!line.matches()) {
                throw new IOException("malformed chunk");
            }
            plain &= line.group(2).isEmpty();
            var size = inRange(Long.parseLong(line.group(1), 16));
            if (size == 0) {
                var trailer = Head.fields(in);
                return new Body(body.toByteArray(), plain && trailer.isEmpty());
            }
            inRange((long) body.size() + size);
            body.writeBytes(in.exactly(size));
            if (!in.line().isEmpty()) {
                throw new IOException("malformed chunk");
            }
        }
    }

    private static int size(String length) throws IOException {
        if (!LENGTH.matcher(length).matches()) {
            throw new IOException("malformed length");
        }
        return inRange(Long.parseLong(length));
    }

    private static int inRange(long size) throws IOException {
        if (size > LONGEST) {
            throw new IOException("the answer is too long");
        }
        return (int) size;
    }
}
