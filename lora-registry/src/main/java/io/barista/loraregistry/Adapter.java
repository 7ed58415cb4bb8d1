package io.barista.loraregistry;

import io.barista.sources.AdapterFiles;
import io.barista.sources.FolderVersion;
import io.barista.sources.RemoteFile;
import java.util.List;
import java.util.Optional;

/**
 * An adapter as its source lists it now.
 *
 * @param base  the base model's id
 * @param files what is served of it
 */
record Adapter(String base, String name, List<RemoteFile> files) {

    static final String CONFIG = AdapterFiles.CONFIG;
    static final String WEIGHTS = AdapterFiles.WEIGHTS;

    Adapter {
        files = List.copyOf(files);
    }

    /** Changes with every upload; where it lies in the cache. The base is part of it: two may have adapters of one name. */
    FolderVersion version() {
        return FolderVersion.labelled(FolderVersion.shortHash(base) + "-" + name, files);
    }

    long bytes() {
        return files.stream().mapToLong(RemoteFile::bytes).sum();
    }

    Optional<RemoteFile> file(String path) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }
}
