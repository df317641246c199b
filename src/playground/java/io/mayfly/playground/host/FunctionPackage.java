package io.mayfly.playground.host;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * An unpacked {@code function.zip}, and how it is started: its {@code bootstrap}, or the JVM with what would lie in Lambda's
 * task directory. That is packed into jars again, for the JVM keeps what it has loaded from jars only.
 */
public final class FunctionPackage {

    private static final String HANDLER = "io.quarkus.amazon.lambda.runtime.QuarkusStreamHandler";
    private static final String APPLICATION = "function.jar";
    private static final String RUNTIME = "runtime.jar";
    private static final List<Class<?>> OUTSIDE = List.of(JvmRuntime.class, InvocationContext.class);

    private final Path directory;

    private FunctionPackage(Path directory) {
        this.directory = directory;
    }

    /** Unpacks it beside itself, anew when it has changed. */
    public static synchronized FunctionPackage of(Path zip) throws IOException {
        var directory = zip.toAbsolutePath().resolveSibling("function");
        var stamp = directory.resolve(".unpacked");
        var version = Files.getLastModifiedTime(zip) + " " + Files.size(zip);
        if (Files.exists(stamp) && Files.readString(stamp).equals(version)) {
            return new FunctionPackage(directory);
        }
        delete(directory);
        Files.createDirectories(directory.resolve("lib"));
        unpack(zip, directory);
        packRuntime(directory.resolve(RUNTIME));
        Files.writeString(stamp, version);
        return new FunctionPackage(directory);
    }

    /** Where it lies. */
    public Path directory() {
        return directory;
    }

    /** Whether it is a binary. */
    public boolean isNative() {
        return Files.exists(bootstrap());
    }

    /** Where the JVM keeps what it has loaded and linked at an earlier start. */
    public Path cache() {
        return directory.resolve("function.aot");
    }

    /**
     * The command that starts it.
     *
     * @param arguments for the binary or the JVM
     */
    List<String> command(List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        if (isNative()) {
            command.add(bootstrap().toString());
            command.addAll(arguments);
            return command;
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        if (Files.exists(cache())) {
            // Where it does not fit, the JVM starts without it, and says so in the function's log but for this.
            command.addAll(List.of("-XX:AOTCache=" + cache(), "-Xlog:disable"));
        }
        command.addAll(arguments);
        command.addAll(List.of("-cp", classpath(), JvmRuntime.class.getName(), HANDLER));
        return command;
    }

    private String classpath() throws IOException {
        var entries = new ArrayList<String>();
        entries.add(directory.resolve(APPLICATION).toString());
        try (var jars = Files.list(directory.resolve("lib"))) {
            jars.map(Path::toString).sorted().forEach(entries::add);
        }
        entries.add(directory.resolve(RUNTIME).toString());
        return String.join(File.pathSeparator, entries);
    }

    private Path bootstrap() {
        return directory.resolve("bootstrap");
    }

    private static void unpack(Path zip, Path directory) throws IOException {
        try (var archive = new ZipFile(zip.toFile());
                var application = new ZipOutputStream(Files.newOutputStream(directory.resolve(APPLICATION)))) {
            for (var entry : archive.stream().toList()) {
                var target = directory.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !target.startsWith(directory)) {
                    continue;
                }
                try (var in = archive.getInputStream(entry)) {
                    if (entry.getName().startsWith("lib/") || entry.getName().equals("bootstrap")) {
                        Files.copy(in, target);
                    } else {
                        add(application, entry.getName(), in);
                    }
                }
            }
        }
        var bootstrap = directory.resolve("bootstrap").toFile();
        if (bootstrap.exists() && !bootstrap.setExecutable(true)) {
            throw new IOException("can't make " + bootstrap + " executable");
        }
    }

    private static void packRuntime(Path jar) throws IOException {
        try (var runtime = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var type : OUTSIDE) {
                var name = type.getName().replace('.', '/') + ".class";
                try (var in = type.getClassLoader().getResourceAsStream(name)) {
                    if (in == null) {
                        throw new IOException("no " + name);
                    }
                    add(runtime, name, in);
                }
            }
        }
    }

    private static void add(ZipOutputStream jar, String name, InputStream in) throws IOException {
        jar.putNextEntry(new ZipEntry(name));
        in.transferTo(jar);
        jar.closeEntry();
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
