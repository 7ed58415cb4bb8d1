package io.barista.sources;

import io.barista.config.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From {@code model_source}, or an adapter's address, to a folder of this machine. */
public final class ModelDownload {

    private static final Pattern VARIABLE = Pattern.compile("\\$(?:([A-Za-z_]\\w*)|\\{([A-Za-z_]\\w*)})");

    private final SourceCache cache;
    private final SourceEnvironment environment;

    public ModelDownload(SourceCache cache, SourceEnvironment environment) {
        this.cache = cache;
        this.environment = environment;
    }

    /**
     * The model's files; a folder of this machine is used where it is. Extra files are put where they are to be first.
     *
     * @param revision of a Hugging Face repository; null takes its main branch
     * @throws SourceException when the files cannot be had
     */
    public Path folder(ModelSource source, @Nullable String revision) {
        if (source instanceof ModelSource.Bucket(_, List<ModelSource.ExtraFile> extraFiles)) {
            List<Path> destinations = extraFiles.stream()
                    .map(extra -> destination(extra.destinationPath(), environment)).toList(); // all, before the first byte comes
            for (int i = 0; i < destinations.size(); i++) {
                fetchExtra(extraFiles.get(i), destinations.get(i));
            }
        }
        return here(SourceAddress.of(source, revision), FileChoice.MODEL);
    }

    /**
     * A LoRA adapter's files; a folder of this machine is used where it is.
     *
     * @throws SourceException when the files cannot be had
     */
    public Path adapter(SourceAddress address) {
        return here(address, FileChoice.ADAPTER);
    }

    private Path here(SourceAddress address, FileChoice choice) {
        return switch (address) {
            case SourceAddress.Folder(Path path) -> path;
            case SourceAddress.S3 _,SourceAddress.Gcs _,SourceAddress.HuggingFace _ -> fetch(address, choice);
        };
    }

    private Path fetch(SourceAddress address, FileChoice choice) {
        try (FileSource source = FileSources.open(address, environment)) {
            return cache.fetch(source, choice);
        }
    }

    /** As Ray has it: {@code ~} and the environment's variables are filled in. */
    static Path destination(String text, SourceEnvironment environment) {
        String home = environment.find("HOME").orElse(System.getProperty("user.home"));
        String path = VARIABLE.matcher(text.replaceFirst("^~(?=/|$)", Matcher.quoteReplacement(home)))
                .replaceAll(variable -> {
                    String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
                    return Matcher.quoteReplacement(environment.find(name)
                            .orElseThrow(() -> new SourceException(SourceException.Kind.ADDRESS,
                                    "extra_files: destination_path %s: %s is not set".formatted(text, name))));
                });
        return Path.of(path).toAbsolutePath().normalize();
    }

    private void fetchExtra(ModelSource.ExtraFile extra, Path destination) {
        Path fetched = fetch(SourceAddress.parse(extra.bucketUri(), Path.of("")), FileChoice.HARMLESS);
        try (Stream<Path> content = Files.walk(fetched)) {
            for (Path file : content.filter(Files::isRegularFile).toList()) {
                copy(file, destination.resolve(fetched.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new SourceException(SourceException.Kind.DISK,
                    "extra_files: %s cannot be written: %s".formatted(destination, e), e);
        }
    }

    /** Whoever reads the destination sees the old file or the new one. */
    private static void copy(Path file, Path destination) throws IOException {
        Path folder = destination.resolveSibling(".");
        Files.createDirectories(folder);
        Path aside = Files.createTempFile(folder, ".incoming-", "");
        try {
            Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(aside, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside); // it has its name by now, or there was no room for it
        }
    }
}
