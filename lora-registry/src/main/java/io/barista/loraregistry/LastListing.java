package io.barista.loraregistry;

import io.barista.sources.FolderVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a base model's source last listed, on the disk: a service that is started again while the source is down goes on with the adapters
 * that it has. Losing it is no loss while the source answers, so failures are logged and no more.
 */
final class LastListing {

    private static final Logger log = LoggerFactory.getLogger(LastListing.class);
    private static final TypeReference<TreeMap<String, Adapter>> SHAPE = new TypeReference<>() {};

    private final Path file;
    private final String base;

    /** @param folder of the listings of all base models; need not exist */
    LastListing(Path folder, String base, String root) {
        this.file = folder.resolve(FolderVersion.shortHash(base + "\n" + root) + ".json");
        this.base = base;
    }

    /** Empty when there is none that can be read. */
    SortedMap<String, Adapter> read() {
        try {
            if (Files.exists(file)) {
                TreeMap<String, Adapter> known = JsonMapper.shared().readValue(Files.readAllBytes(file), SHAPE);
                if (known != null && !known.containsValue(null)) {
                    return known;
                }
            }
        } catch (IOException | JacksonException e) {
            log.warn("the last listing of {} cannot be read: {}", base, e.toString());
        }
        return new TreeMap<>();
    }

    void write(SortedMap<String, Adapter> adapters) {
        try {
            DurableFile.write(file, JsonMapper.shared().writeValueAsBytes(adapters));
        } catch (IOException e) {
            log.warn("the listing of {} cannot be kept for a restart: {}", base, e.toString());
        }
    }
}
