package io.barista.modelservice.registry;

import io.barista.sources.SourceException;
import java.util.List;

/**
 * An adapter as the registry describes it.
 *
 * @param version changes with each upload
 */
record AdapterCard(String name, String version, List<FileCard> files) {

    record FileCard(String name, long bytes) {}

    /** @throws SourceException UNUSABLE when it has no such file */
    long bytesOf(String file) {
        return files.stream().filter(each -> each.name().equals(file)).mapToLong(FileCard::bytes).findFirst()
                .orElseThrow(() -> new SourceException(SourceException.Kind.UNUSABLE,
                        "adapter %s has no %s".formatted(name, file)));
    }
}
