package io.barista.modelservice.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An adapter as the registry describes it.
 *
 * @param version changes with each upload
 */
record AdapterCard(String name, String version, List<FileCard> files) {

    /** @param crc32c hexadecimal; null as long as the registry has not fetched the adapter itself */
    record FileCard(String name, long bytes, @Nullable String crc32c) {}
}
