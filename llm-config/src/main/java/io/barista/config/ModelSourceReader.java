package io.barista.config;

import io.barista.config.yaml.Value;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code model_source}: a text, or Ray's mapping with a bucket. */
final class ModelSourceReader {

    private static final String KEY = "model_loading_config.model_source";
    private static final Pattern BUCKET = Pattern.compile("(s3|gs|abfss|azure)://.+");
    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)?");
    private static final String HUGGING_FACE = "hf://";

    private final ConfigText text;
    private final Report report;

    ModelSourceReader(ConfigText text, Report report) {
        this.text = text;
        this.report = report;
    }

    Optional<ModelSource> read(Value.Field field) {
        if (field.value() instanceof Value.Fields mirror) {
            return readMirror(mirror, field.line());
        }
        if (field.value().plain() instanceof String source && !source.isBlank()) {
            return fromTextChecked(source.strip(), field.line());
        }
        report.add(field.line(), KEY,
                "expected a folder, a Hugging Face repository, a bucket, or a mapping with bucket_uri");
        return Optional.empty();
    }

    /** A folder that exists is a folder; else what looks like a repository is one; else a folder that is to come. */
    static ModelSource fromText(String source, ConfigText text) {
        if (source.startsWith(HUGGING_FACE)) {
            return new ModelSource.HuggingFace(source.substring(HUGGING_FACE.length()));
        }
        if (BUCKET.matcher(source).matches()) {
            return new ModelSource.Bucket(source, List.of());
        }
        String path = source.startsWith("~/") ? System.getProperty("user.home") + source.substring(1) : source;
        Optional<Path> folder = text.find(path).filter(Files::isDirectory);
        if (folder.isEmpty() && REPOSITORY.matcher(source).matches()) {
            return new ModelSource.HuggingFace(source);
        }
        return new ModelSource.Folder(folder.orElseGet(() -> text.place(path)));
    }

    private Optional<ModelSource> fromTextChecked(String source, int line) {
        if (source.contains("://") && !source.startsWith(HUGGING_FACE) && !BUCKET.matcher(source).matches()) {
            report.add(line, KEY, "unknown scheme, expected a folder or s3://, gs://, abfss://, azure:// or hf://");
            return Optional.empty();
        }
        try {
            return Optional.of(fromText(source, text));
        } catch (InvalidPathException e) {
            report.add(line, KEY, "is no path: " + e.getReason());
            return Optional.empty();
        }
    }

    private Optional<ModelSource> readMirror(Value.Fields mapping, int line) {
        Section mirror = Section.read(mapping, KEY + ".", EntryKeys.MIRROR, report);
        List<ModelSource.ExtraFile> files = new ArrayList<>();
        mirror.field(EntryKeys.EXTRA_FILES).ifPresent(field -> readExtraFiles(field, files));
        Optional<String> uri = mirror.find(EntryKeys.BUCKET_URI);
        if (uri.isEmpty() || !BUCKET.matcher(uri.get()).matches()) {
            report.add(line, KEY + ".bucket_uri", "expected s3://, gs://, abfss:// or azure://");
            return Optional.empty();
        }
        return Optional.of(new ModelSource.Bucket(uri.get(), files));
    }

    private void readExtraFiles(Value.Field field, List<ModelSource.ExtraFile> files) {
        String path = KEY + ".extra_files";
        if (!(field.value() instanceof Value.Items items)) {
            report.add(field.line(), path, "expected a list");
            return;
        }
        for (Value item : items.items()) {
            if (!(item instanceof Value.Fields mapping)) {
                report.add(item.line(), path, "expected mappings with bucket_uri and destination_path");
                continue;
            }
            Section file = Section.read(mapping, path + ".", EntryKeys.EXTRA_FILE, report);
            Optional<String> uri = file.find(EntryKeys.BUCKET_URI);
            Optional<String> destination = file.find(EntryKeys.DESTINATION_PATH);
            if (uri.isPresent() && destination.isPresent()) {
                files.add(new ModelSource.ExtraFile(uri.get(), destination.get()));
            } else {
                report.add(mapping.line(), path, "expected both bucket_uri and destination_path");
            }
        }
    }
}
