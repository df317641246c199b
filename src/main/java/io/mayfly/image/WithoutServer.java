package io.mayfly.image;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.oracle.svm.core.annotate.Delete;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.amazon.lambda.http.LambdaHttpHandler;
import io.quarkus.arc.runtime.BeanContainer;
import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRuntimeRecorder;
import io.quarkus.runtime.ErrorPageAction;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.LiveReloadConfig;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.ShutdownContext;
import io.quarkus.runtime.logging.LogBuildTimeConfig;
import io.quarkus.vertx.http.runtime.HandlerType;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.quarkus.vertx.http.runtime.cors.CORSConfig;
import io.quarkus.vertx.http.runtime.cors.CORSRecorder;
import io.quarkus.vertx.http.runtime.filters.Filter;
import io.quarkus.vertx.http.runtime.filters.GracefulShutdownFilter;
import io.quarkus.vertx.http.runtime.security.BasicAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpSecurityRecorder;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.server.core.Deployment;
import org.jboss.resteasy.reactive.server.spi.RuntimeConfiguration;
import org.jspecify.annotations.Nullable;

/** The HTTP server behind lambda-http, which {@code Routes} passes by: no router, no filters, no JAX-RS handlers. */
final class WithoutServer {

    private WithoutServer() {}

    @TargetClass(VertxHttpRecorder.class)
    static final class Http {

        @Substitute
        public RuntimeValue<Router> initializeRouter(Supplier<Vertx> vertx) {
            return new RuntimeValue<>();
        }

        @Substitute
        public RuntimeValue<io.vertx.mutiny.ext.web.Router> createMutinyRouter(RuntimeValue<Router> router) {
            return new RuntimeValue<>();
        }

        @Substitute
        public void startServer(
                Supplier<Vertx> vertx,
                ShutdownContext shutdown,
                LaunchMode mode,
                boolean startVirtual,
                boolean startSocket,
                Supplier<Integer> ioThreads,
                List<String> websocketSubProtocols,
                boolean auxiliary,
                boolean runtimeInfo) {}

        @Substitute
        public void addRoute(
                RuntimeValue<Router> router,
                Function<Router, Route> route,
                Handler<RoutingContext> handler,
                HandlerType type) {}

        @Substitute
        public @Nullable Handler<RoutingContext> createBodyHandler() {
            return null;
        }

        @Substitute
        @SuppressWarnings("TooManyParameters")
        public void finalizeRouter(
                Consumer<Route> defaultRoute,
                List<Filter> filters,
                List<Filter> managementFilters,
                Supplier<Vertx> vertx,
                LiveReloadConfig liveReload,
                Optional<RuntimeValue<Router>> mainRouter,
                RuntimeValue<Router> httpRouter,
                RuntimeValue<io.vertx.mutiny.ext.web.Router> mutinyRouter,
                RuntimeValue<Router> frameworkRouter,
                RuntimeValue<Router> managementRouter,
                String rootPath,
                String nonRootPath,
                LaunchMode mode,
                BooleanSupplier[] requireBodyHandler,
                Handler<RoutingContext> bodyHandler,
                GracefulShutdownFilter gracefulShutdown,
                Executor executor,
                LogBuildTimeConfig log,
                String sourcePackages,
                List<String> knownClasses,
                List<ErrorPageAction> actions,
                Optional<RuntimeValue<SubmissionPublisher<String>>> accessLog) {}
    }

    @TargetClass(HttpSecurityRecorder.class)
    static final class Security {

        @Substitute
        public RuntimeValue<CORSConfig> prepareHttpSecurityConfiguration(ShutdownContext shutdown) {
            return new RuntimeValue<>();
        }

        @Substitute
        public void initializeHttpAuthenticatorHandler(RuntimeValue<?> handler, BeanContainer beans) {}

        @Substitute
        public void setMtlsCertificateRoleProperties() {}

        @Substitute
        public Supplier<BasicAuthenticationMechanism> basicAuthenticationMechanismBean() {
            return new Absent<>("basic authentication");
        }
    }

    @TargetClass(CORSRecorder.class)
    static final class Cors {

        @Substitute
        public @Nullable Handler<RoutingContext> corsHandler(RuntimeValue<CORSConfig> config) {
            return null;
        }
    }

    @TargetClass(ResteasyReactiveRuntimeRecorder.class)
    static final class Rest {

        @Substitute
        public Supplier<RuntimeConfiguration> runtimeConfiguration(RuntimeValue<Deployment> deployment) {
            return new Absent<>("the JAX-RS server");
        }

        @Substitute
        public void configureHandlers(RuntimeValue<Deployment> deployment, Map<Class<?>, Supplier<?>> suppliers) {}
    }

    @TargetClass(LambdaHttpHandler.class)
    @SuppressWarnings("DoNotCallSuggester")
    static final class Lambda {

        @Substitute
        public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
            throw Absent.failure("the HTTP server");
        }

        @Delete
        private native APIGatewayV2HTTPResponse nettyDispatch(
                InetSocketAddress client, APIGatewayV2HTTPEvent event, Context context);
    }
}
