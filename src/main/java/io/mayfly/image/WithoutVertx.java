package io.mayfly.image;

import com.oracle.svm.core.annotate.Delete;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.quarkus.arc.InjectableContext;
import io.quarkus.netty.runtime.virtual.VirtualServerChannel;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.ShutdownContext;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.CertificateRecorder;
import io.quarkus.vertx.core.runtime.VertxCoreRecorder;
import io.quarkus.vertx.core.runtime.VertxMDC;
import io.quarkus.vertx.runtime.EventConsumerInfo;
import io.quarkus.vertx.runtime.VertxEventBusConsumerRecorder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VerticleFactory;
import io.vertx.core.spi.VertxServiceProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.threads.ContextHandler;
import org.jspecify.annotations.Nullable;

/** Vert.x and Netty are not started: Lambda's poll loop is a plain client, and all that comes in goes its way. */
final class WithoutVertx {

    private static final ThreadLocal<InjectableContext.ContextState> REQUEST = new ThreadLocal<>();

    private WithoutVertx() {}

    @TargetClass(VertxCoreRecorder.class)
    static final class Core {

        @Substitute
        public Supplier<Vertx> configureVertx(
                LaunchMode mode,
                ShutdownContext shutdown,
                List<Consumer<VertxOptions>> customizers,
                List<VertxServiceProvider> services,
                List<VerticleFactory> verticles,
                ExecutorService executor) {
            return new Absent<>("Vert.x");
        }

        @Substitute
        public Supplier<EventLoopGroup> bossSupplier() {
            return new Absent<>("Netty");
        }

        @Substitute
        public Supplier<EventLoopGroup> mainSupplier() {
            return new Absent<>("Netty");
        }

        @Substitute
        public Supplier<Integer> calculateEventLoopThreads() {
            return new Absent<>("Netty");
        }

        /** Without one, Quarkus makes the threads of its pool itself. */
        @Substitute
        public @Nullable ThreadFactory createThreadFactory(LaunchMode mode) {
            return null;
        }

        @Substitute
        public @Nullable ContextHandler<Object> executionContextHandler(List<RuntimeValue<List<String>>> ignoredKeys) {
            return null;
        }

        @Substitute
        public void configureQuarkusLoggerFactory() {}

        @Substitute
        public void wrapMainExecutorForMutiny(ScheduledExecutorService executor) {}
    }

    @TargetClass(VertxEventBusConsumerRecorder.class)
    static final class EventBus {

        @Substitute
        public void configureVertx(
                Supplier<Vertx> vertx,
                List<EventConsumerInfo> consumers,
                LaunchMode mode,
                ShutdownContext shutdown,
                Map<Class<?>, Class<?>> codecs,
                List<Class<?>> localCodecs) {}

        @Substitute
        public RuntimeValue<Vertx> forceStart(Supplier<Vertx> vertx) {
            return new RuntimeValue<>();
        }
    }

    @TargetClass(CertificateRecorder.class)
    static final class Certificates {

        @Substitute
        public void validateCertificates(Set<String> names, RuntimeValue<Vertx> vertx, ShutdownContext shutdown) {}

        @Substitute
        public Supplier<TlsConfigurationRegistry> getSupplier() {
            return new Absent<>("the TLS registry");
        }
    }

    /** The logging context stays with the thread, where Vert.x would look for one of its own first. */
    @TargetClass(VertxMDC.class)
    static final class LoggingContext {

        @Substitute
        @Nullable
        Context getContext() {
            return null;
        }
    }

    /** CDI's request context stays with the thread as well. */
    @TargetClass(className = "io.quarkus.vertx.runtime.VertxCurrentContextFactory$VertxCurrentContext")
    static final class RequestContext {

        @Substitute
        public InjectableContext.ContextState get() {
            return REQUEST.get();
        }

        @Substitute
        public void set(InjectableContext.ContextState current) {
            REQUEST.set(current);
        }

        @Substitute
        public void remove() {
            REQUEST.remove();
        }
    }

    @Delete
    @TargetClass(NioSocketChannel.class)
    static final class SocketChannel {}

    @Delete
    @TargetClass(NioServerSocketChannel.class)
    static final class ServerSocketChannel {}

    @Delete
    @TargetClass(NioDatagramChannel.class)
    static final class DatagramChannel {}

    @Delete
    @TargetClass(VirtualServerChannel.class)
    static final class VirtualChannel {}
}
