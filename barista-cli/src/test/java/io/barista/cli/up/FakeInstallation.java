package io.barista.cli.up;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A repository whose built services are {@link FakeService}s. */
record FakeInstallation(Path root) {

    private static final Path TEST_CLASSES = Path.of(System.getProperty("barista.root"),
            "barista-cli/target/test-classes");

    static FakeInstallation in(Path folder) throws IOException {
        for (String service : List.of("api-gateway", "model-service", "lora-registry", "config-server")) {
            Path target = Files.createDirectories(folder.resolve(service).resolve("target"));
            writeJar(target.resolve(service + ".jar"));
        }
        Path models = Files.createDirectories(folder.resolve("models"));
        Files.createDirectories(models.resolve("barista-demo"));
        Files.copy(Path.of(System.getProperty("barista.root"), "models/barista-demo.yaml"),
                models.resolve("barista-demo.yaml"));
        return new FakeInstallation(folder);
    }

    private static void writeJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FakeService.class.getName());
        String entry = FakeService.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.putNextEntry(new JarEntry(entry));
            Files.copy(TEST_CLASSES.resolve(entry), out);
            out.closeEntry();
        }
    }
}
