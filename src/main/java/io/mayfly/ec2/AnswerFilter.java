package io.mayfly.ec2;

import io.mayfly.xml.MalformedXmlException;
import io.mayfly.xml.XmlFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Cuts EC2's answers to what is in use before the SDK makes objects of all that it finds: an instance has 5 KB of XML, a fifth of which
 * is read. Errors are short and stay as they are, and so does what is compressed, for which nobody asks.
 */
final class AnswerFilter implements ExecutionInterceptor {

    private static final XmlFilter FILTER = new XmlFilter(AnswerFields.IN_USE);

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        var answer = context.httpResponse();
        if (!answer.isSuccessful()
                || answer.firstMatchingHeader("Content-Encoding").isPresent()) {
            return context.responseBody();
        }
        var action = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        return context.responseBody().map(body -> cut(body, action + "Response"));
    }

    private static InputStream cut(InputStream body, String outermost) {
        try (body) {
            return new ByteArrayInputStream(cut(body.readAllBytes(), outermost));
        } catch (MalformedXmlException e) {
            throw SdkClientException.create(e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] cut(byte[] answer, String outermost) {
        return FILTER.cut(answer, outermost);
    }
}
