package io.barista.config;

import java.nio.file.Path;
import java.util.List;

/** Where a model's files are. */
public sealed interface ModelSource {

    /**
     * Reads what a command was given: a folder, a Hugging Face repository or an object store's address.
     *
     * @param folder what a relative path means
     */
    static ModelSource parse(String text, Path folder) {
        return ModelSourceReader.fromText(text, new ConfigText("command line", "", List.of(folder)));
    }

    /** What the model is called when nobody gave it a name: its folder's or repository's name. */
    default String shortName() {
        return switch (this) {
            case Folder(Path path) -> String.valueOf(path.normalize().getFileName());
            case HuggingFace(String repository) -> repository.replaceAll("@.*", "");
            case Bucket(String uri, _) -> uri.replaceAll("/+$", "").replaceAll(".*/", "");
        };
    }

    /** A folder of this machine, absolute; it may not exist. */
    record Folder(Path path) implements ModelSource {

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A repository of Hugging Face, {@code organisation/name} or {@code name}. */
    record HuggingFace(String repository) implements ModelSource {

        @Override
        public String toString() {
            return repository;
        }
    }

    /** A folder of an object store, for example {@code s3://bucket/folder} or {@code gs://bucket/folder}. */
    record Bucket(String uri, List<ExtraFile> extraFiles) implements ModelSource {

        public Bucket {
            extraFiles = List.copyOf(extraFiles);
        }

        @Override
        public String toString() {
            return uri;
        }
    }

    /** One more thing to fetch before the model is loaded. */
    record ExtraFile(String bucketUri, String destinationPath) {}
}
