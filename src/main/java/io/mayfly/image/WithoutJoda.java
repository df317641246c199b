package io.mayfly.image;

import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Delete;
import com.oracle.svm.core.annotate.RecomputeFieldValue;
import com.oracle.svm.core.annotate.RecomputeFieldValue.Kind;
import com.oracle.svm.core.annotate.TargetClass;
import io.mayfly.lambda.LambdaEvents;
import io.quarkus.amazon.lambda.runtime.AmazonLambdaMapperRecorder;
import io.quarkus.amazon.lambda.runtime.AmazonLambdaRecorder;
import io.quarkus.amazon.lambda.runtime.ClientContextImpl;
import io.quarkus.amazon.lambda.runtime.JacksonInputReader;
import io.quarkus.amazon.lambda.runtime.JacksonOutputWriter;
import io.quarkus.amazon.lambda.runtime.LambdaInputReader;
import io.quarkus.amazon.lambda.runtime.LambdaOutputWriter;
import org.graalvm.nativeimage.hosted.FieldValueTransformer;
import org.joda.time.DateTime;

/**
 * The poll loop's JSON without Joda-Time, which Quarkus adds for the events of other services. An event of a function URL
 * has no dates. What Quarkus makes during the build is replaced by the same with nothing added but our own form of an event.
 */
final class WithoutJoda {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .configure(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES, true)
            .build();

    static {
        new LambdaEvents().customize(MAPPER);
    }

    private WithoutJoda() {}

    @TargetClass(AmazonLambdaMapperRecorder.class)
    @SuppressWarnings("NullAway.Init") // the fields are the library's
    static final class Mappers {

        @Alias
        @RecomputeFieldValue(kind = Kind.Custom, declClass = Mapper.class)
        public static ObjectMapper objectMapper;

        @Alias
        @RecomputeFieldValue(kind = Kind.Custom, declClass = Identities.class)
        public static ObjectReader cognitoIdReader;

        @Alias
        @RecomputeFieldValue(kind = Kind.Custom, declClass = Contexts.class)
        public static ObjectReader clientCtxReader;
    }

    @TargetClass(AmazonLambdaRecorder.class)
    @SuppressWarnings("NullAway.Init") // the fields are the library's
    static final class PollLoop {

        @Alias
        @RecomputeFieldValue(kind = Kind.Custom, declClass = Events.class)
        static LambdaInputReader<?> objectReader;

        @Alias
        @RecomputeFieldValue(kind = Kind.Custom, declClass = Answers.class)
        static LambdaOutputWriter objectWriter;
    }

    /** Quarkus registers it for reflection, with all its methods. */
    @Delete
    @TargetClass(DateTime.class)
    static final class Date {}

    static final class Mapper implements FieldValueTransformer {

        @Override
        public Object transform(Object receiver, Object original) {
            return MAPPER;
        }
    }

    static final class Identities implements FieldValueTransformer {

        @Override
        public Object transform(Object receiver, Object original) {
            return MAPPER.readerFor(CognitoIdentity.class);
        }
    }

    static final class Contexts implements FieldValueTransformer {

        @Override
        public Object transform(Object receiver, Object original) {
            return MAPPER.readerFor(ClientContextImpl.class);
        }
    }

    static final class Events implements FieldValueTransformer {

        @Override
        public Object transform(Object receiver, Object original) {
            return new JacksonInputReader(MAPPER.readerFor(APIGatewayV2HTTPEvent.class));
        }
    }

    static final class Answers implements FieldValueTransformer {

        @Override
        public Object transform(Object receiver, Object original) {
            return new JacksonOutputWriter(MAPPER.writerFor(APIGatewayV2HTTPResponse.class));
        }
    }
}
