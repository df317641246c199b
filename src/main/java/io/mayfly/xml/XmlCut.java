package io.mayfly.xml;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What is kept of a document, while it is read. */
final class XmlCut implements XmlListener {

    private final byte[] document;
    private final XmlFilter filter;
    private final String outermost;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private int behindDropped;
    private int depth;
    private int droppedDepth;

    XmlCut(byte[] document, XmlFilter filter, String outermost) {
        this.document = document;
        this.filter = filter;
        this.outermost = outermost;
    }

    @Override
    public void begin(int tag, int from, int to) {
        depth++;
        if (depth == 1) {
            if (!new String(document, from, to - from, StandardCharsets.UTF_8).equals(outermost)) {
                throw new MalformedXmlException("another document than " + outermost);
            }
        } else if (droppedDepth == 0 && !filter.isInUse(document, from, to)) {
            droppedDepth = depth;
            kept.write(document, behindDropped, tag - behindDropped);
        }
    }

    @Override
    public void end(int to) {
        if (depth == droppedDepth) {
            droppedDepth = 0;
            behindDropped = to;
        }
        depth--;
    }

    byte[] kept() {
        kept.write(document, behindDropped, document.length - behindDropped);
        return kept.toByteArray();
    }
}
