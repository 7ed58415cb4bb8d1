package io.barista.cli.up;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * A service as the supervisor sees it: a program that answers its readiness question, or misbehaves. Its behaviour stands in an
 * argument ({@code --behaviour=...}) or in the file {@code behaviour-NAME} of its working directory; it writes what happens to it
 * into {@code events} there.
 */
public final class FakeService {

    private FakeService() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String name = argument(args, "--name").orElseGet(FakeService::nameOfJar);
        int port = Integer.parseInt(argument(args, "--server.port").orElseThrow());
        String behaviour = argument(args, "--behaviour").orElseGet(() -> behaviourOf(name));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            event(name + " stopping");
            if (behaviour.equals("stops-slowly")) {
                pause(Duration.ofMinutes(10));
            }
        }));
        event(name + " started with key " + System.getenv("BARISTA_API_KEY"));
        System.err.println(name + " runs on port " + port);

        switch (behaviour) {
            case "dies" -> {
                System.err
                        .println("Exception in thread \"main\" java.lang.IllegalStateException: the weights are gone");
                Runtime.getRuntime().halt(3);
            }
            case "never-ready" -> Thread.sleep(Duration.ofMinutes(10));
            default -> {
                HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
                server.createContext("/actuator/health/readiness", exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
                server.start();
            }
        }
    }

    private static String nameOfJar() {
        String jar = Path.of(System.getProperty("java.class.path")).getFileName().toString();
        return jar.substring(0, jar.length() - ".jar".length());
    }

    private static String behaviourOf(String name) {
        try {
            Path file = Path.of("behaviour-" + name);
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<String> argument(String[] args, String name) {
        return Arrays.stream(args).filter(arg -> arg.startsWith(name + "="))
                .map(arg -> arg.substring(name.length() + 1))
                .findFirst();
    }

    private static void event(String line) {
        try {
            Files.writeString(Path.of("events"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
