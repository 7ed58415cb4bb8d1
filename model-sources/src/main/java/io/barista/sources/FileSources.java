package io.barista.sources;

import io.barista.sources.folder.FolderSource;
import io.barista.sources.gcs.GcsSource;
import io.barista.sources.huggingface.HuggingFaceSource;
import io.barista.sources.s3.S3Source;

/** From an address to its files. */
public final class FileSources {

    private FileSources() {}

    /** Asks nobody yet. */
    public static FileSource open(SourceAddress address, SourceEnvironment environment) {
        return switch (address) {
            case SourceAddress.Folder folder -> new FolderSource(folder);
            case SourceAddress.S3 bucket -> new S3Source(bucket, environment);
            case SourceAddress.Gcs bucket -> new GcsSource(bucket, environment);
            case SourceAddress.HuggingFace repository -> new HuggingFaceSource(repository, environment);
        };
    }
}
