package io.barista.sources;

import io.barista.config.AdapterName;
import io.barista.config.ModelSource;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where files are. {@code toString} is the address as a user writes it. */
public sealed interface SourceAddress {

    /** @param path absolute */
    record Folder(Path path) implements SourceAddress {

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * @param prefix      without slashes at its ends; empty for the whole bucket
     * @param isAnonymous asks without credentials, as public buckets allow
     */
    record S3(String bucket, String prefix, boolean isAnonymous) implements SourceAddress {

        @Override
        public String toString() {
            return SourceAddress.bucket("s3", bucket, prefix, isAnonymous);
        }
    }

    /**
     * @param prefix      without slashes at its ends; empty for the whole bucket
     * @param isAnonymous asks without credentials, as public buckets allow
     */
    record Gcs(String bucket, String prefix, boolean isAnonymous) implements SourceAddress {

        @Override
        public String toString() {
            return SourceAddress.bucket("gs", bucket, prefix, isAnonymous);
        }
    }

    /**
     * @param repository {@code organisation/name} or {@code name}
     * @param revision   a branch, tag or commit
     * @param folder     inside the repository; empty for all of it
     */
    record HuggingFace(String repository, String revision, String folder) implements SourceAddress {

        public static final String DEFAULT_REVISION = "main";

        @Override
        public String toString() {
            return "hf://" + repository + (revision.equals(DEFAULT_REVISION) ? "" : "@" + revision)
                    + (folder.isEmpty() ? "" : "/" + folder);
        }
    }

    Pattern BUCKET = Pattern.compile("(s3|gs)://(?:(anonymous)@)?([A-Za-z0-9][A-Za-z0-9._-]{0,221})(?:/(.*))?");
    Pattern REPOSITORY = Pattern.compile(
            "hf://([A-Za-z0-9][\\w.-]*(?:/[A-Za-z0-9][\\w.-]*)?+)(?:@([\\w][\\w.-]*))?(?:/(.*))?");

    /**
     * Reads {@code s3://[anonymous@]bucket[/prefix]}, {@code gs://...}, {@code hf://organisation/name[@revision][/folder]},
     * {@code file:///folder} or a folder.
     *
     * @param base what a relative folder means
     * @throws SourceException ADDRESS
     */
    static SourceAddress parse(String text, Path base) {
        Matcher bucket = BUCKET.matcher(text);
        if (bucket.matches()) {
            String prefix = withoutSlashes(bucket.group(4));
            boolean isAnonymous = bucket.group(2) != null;
            return bucket.group(1).equals("s3")
                    ? new S3(bucket.group(3), prefix, isAnonymous)
                    : new Gcs(bucket.group(3), prefix, isAnonymous);
        }
        Matcher repository = REPOSITORY.matcher(text);
        if (repository.matches()) {
            @Nullable
            String revision = repository.group(2);
            return new HuggingFace(repository.group(1),
                    revision == null ? HuggingFace.DEFAULT_REVISION : revision, withoutSlashes(repository.group(3)));
        }
        if (text.startsWith("file:///")) {
            return new Folder(pathOf(text));
        }
        if (text.contains("://")) {
            // not the text itself: it may hold a password before an @
            throw new SourceException(SourceException.Kind.ADDRESS,
                    "an address that begins with %s:// cannot be used; expected s3://[anonymous@]bucket/folder, gs://bucket/folder, hf://organisation/name or a folder"
                            .formatted(text.substring(0, text.indexOf("://"))));
        }
        String path = text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text;
        return new Folder(base.resolve(path).toAbsolutePath().normalize());
    }

    /** However it is asked. */
    private static String place(SourceAddress address) {
        return address.toString().replaceFirst("://anonymous@", "://");
    }

    private static Path pathOf(String file) {
        try {
            return Path.of(URI.create(file)).normalize();
        } catch (IllegalArgumentException e) {
            throw new SourceException(SourceException.Kind.ADDRESS,
                    "%s is no URI of a folder: %s".formatted(file, e.getMessage()));
        }
    }

    /**
     * The name of the adapter at an address right under this one: relative, absolute or with its scheme, with or without {@code anonymous@}. Empty
     * when it is no such address, and when it goes up and down again.
     *
     * @param base what a relative folder means
     */
    default Optional<String> adapterAt(String address, Path base) {
        if (List.of(address.split("/")).contains("..")) {
            return Optional.empty();
        }
        try {
            return AdapterName.under(place(this), place(parse(address, base)));
        } catch (SourceException | InvalidPathException noAddress) {
            return Optional.empty();
        }
    }

    /**
     * @param revision of a Hugging Face repository; null takes its main branch
     * @throws SourceException ADDRESS
     */
    static SourceAddress of(ModelSource source, @Nullable String revision) {
        return switch (source) {
            case ModelSource.Folder(Path path) -> new Folder(path);
            case ModelSource.Bucket(String uri, _) -> parse(uri, Path.of(""));
            case ModelSource.HuggingFace(String repository) -> switch (parse("hf://" + repository, Path.of(""))) {
                case HuggingFace found when revision != null ->
                    new HuggingFace(found.repository(), revision, found.folder());
                case SourceAddress found -> found;
            };
        };
    }

    private static String withoutSlashes(@Nullable String path) {
        return path == null ? "" : path.replaceAll("^/+|/+$", "");
    }

    private static String bucket(String scheme, String bucket, String prefix, boolean isAnonymous) {
        return scheme + "://" + (isAnonymous ? "anonymous@" : "") + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
}
