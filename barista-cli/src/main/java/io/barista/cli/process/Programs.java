package io.barista.cli.process;

import io.barista.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How each kind of service is started, without its arguments. */
public final class Programs {

    private final Path installation;

    public Programs(Path installation) {
        this.installation = installation;
    }

    public List<String> command(Role role) {
        Path jar = switch (role) {
            case GATEWAY -> jar("api-gateway");
            case MODEL_SERVICE -> jar("model-service");
            case CONFIG_SERVER -> jar("config-server");
        };
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(flags(role));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    private static List<String> flags(Role role) {
        return switch (role) {
            case GATEWAY -> List.of("-XX:+UseSerialGC", "-Xmx192m", "-XX:MaxDirectMemorySize=128m");
            case MODEL_SERVICE -> List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED");
            case CONFIG_SERVER -> List.of("-XX:+UseSerialGC", "-Xmx96m", "-XX:TieredStopAtLevel=1");
        };
    }

    private Path jar(String service) {
        Path jar = installation.resolve(service).resolve("target").resolve(service + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw CommandFailure.of("%s is not built; start it with the ./barista script, or run ./mvnw package", jar);
        }
        return jar;
    }
}
