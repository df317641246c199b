package io.mayfly.xml;

/** Who is told what a document consists of, while it is read. Places are those of its bytes. */
public interface XmlListener {

    /**
     * An element begins.
     *
     * @param tag where its tag does
     * @param from where its name does, without a prefix
     * @param to behind its name
     */
    void begin(int tag, int from, int to);

    /** Text of the element, as it is written. */
    default void text(int from, int to) {}

    /** A character of its text, for which a reference stands. */
    default void character(int codePoint) {}

    /** Something that is no text stands in it: a comment or an instruction. */
    default void remark() {}

    /**
     * The element that began last of those that have not ended ends.
     *
     * @param to behind it
     */
    void end(int to);
}
