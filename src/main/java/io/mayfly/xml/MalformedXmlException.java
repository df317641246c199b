package io.mayfly.xml;

/** XML that is not well-formed, or not what its writer documents. The message names the element, never its text. */
public class MalformedXmlException extends RuntimeException {

    public MalformedXmlException(String message) {
        super(message);
    }
}
