package io.mayfly.image;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.ext.CoreXMLDeserializers;
import com.fasterxml.jackson.databind.ext.CoreXMLSerializers;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.net.URI;
import javax.xml.catalog.Catalog;
import javax.xml.catalog.CatalogFeatures;
import javax.xml.catalog.CatalogManager;
import javax.xml.catalog.CatalogResolver;
import org.jspecify.annotations.Nullable;

/**
 * Of XML, EC2's answers are read as a stream. The JDK's reader of streams can look into catalogs, which are read by its SAX
 * parser, which brings XML Schema and XPath; Jackson can read dates of XML.
 */
final class WithoutXmlExtras {

    private WithoutXmlExtras() {}

    @TargetClass(CatalogManager.class)
    @SuppressWarnings("DoNotCallSuggester")
    static final class Catalogs {

        @Substitute
        public static Catalog catalog(CatalogFeatures features, URI... uris) {
            throw Absent.failure("the XML catalog");
        }

        @Substitute
        public static CatalogResolver catalogResolver(CatalogFeatures features, URI... uris) {
            throw Absent.failure("the XML catalog");
        }
    }

    @TargetClass(CoreXMLDeserializers.class)
    static final class Reading {

        @Substitute
        public @Nullable JsonDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription description) {
            return null;
        }

        @Substitute
        public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
            return false;
        }
    }

    @TargetClass(CoreXMLSerializers.class)
    static final class Writing {

        @Substitute
        public @Nullable JsonSerializer<?> findSerializer(
                SerializationConfig config, JavaType type, BeanDescription description) {
            return null;
        }
    }
}
