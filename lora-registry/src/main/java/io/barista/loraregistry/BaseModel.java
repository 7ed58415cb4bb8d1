package io.barista.loraregistry;

import io.barista.config.AdapterName;
import io.barista.config.EngineOptions;
import io.barista.config.LlmConfig;
import io.barista.config.LoraConfig;
import io.barista.sources.DownloadLimits;
import io.barista.sources.FileSource;
import io.barista.sources.FileSources;
import io.barista.sources.FolderVersion;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceAddress;
import io.barista.sources.SourceCache;
import io.barista.sources.SourceEnvironment;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One base model and the adapters below its {@code dynamic_lora_loading_path}. Thread-safe. */
final class BaseModel implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BaseModel.class);
    private static final Duration BETWEEN_MISSES = Duration.ofSeconds(1);

    /** Less than the replicas wait for an answer. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(3);

    private final LlmConfig config;
    private final SourceEnvironment environment;
    private final SourceCache cache;
    private final FileSource source;
    private final SourceAddress root;
    private final Path folder;
    private final AddedNames names;
    private final LastListing lastListing;
    private final ReentrantLock listing = new ReentrantLock();
    private volatile SortedMap<String, Adapter> adapters;
    private volatile Set<String> pickled = Set.of();
    private long listedFrom = System.nanoTime() - Duration.ofDays(1).toNanos(); // guarded by listing
    private volatile @Nullable SourceException problem = new SourceException(SourceException.Kind.UNREACHABLE,
            "not listed yet");
    private volatile @Nullable JsonNode shapes;

    /**
     * @param folder    what relative paths mean
     * @param cacheRoot shared by all base models
     */
    BaseModel(LlmConfig config, LoraConfig lora, String path, Path folder, Path cacheRoot, RegistryMetrics metrics) {
        this.config = config;
        this.environment = new SourceEnvironment(config.runtimeEnv().environment(), System.getenv());
        Double seconds = lora.downloadTimeoutSeconds();
        DownloadLimits limits = DownloadLimits.forModels().withTries(lora.maxDownloadTries())
                .withTotal(seconds == null ? null : Duration.ofMillis((long) (seconds * 1000)));
        this.cache = new SourceCache(cacheRoot, limits, metrics, () -> ThreadLocalRandom.current().nextDouble());
        this.root = SourceAddress.parse(path, folder);
        this.folder = folder;
        this.source = FileSources.open(root, environment);
        this.names = new AddedNames(cacheRoot.resolve("names"), id(), root.toString());
        this.lastListing = new LastListing(cacheRoot.resolve("listings"), id(), root.toString());
        this.adapters = lastListing.read();
    }

    String id() {
        return config.modelId();
    }

    /** Whether names may be given to adapters while the suite runs. */
    boolean allowsUpdates() {
        return config.engine().get(EngineOptions.ALLOW_RUNTIME_LORA_UPDATING);
    }

    /** Names that were given to adapters while the suite ran. */
    AddedNames names() {
        return names;
    }

    /** The name of the adapter at an address right under the configured root; empty when it is no such address. */
    Optional<String> underRoot(String address) {
        return root.adapterAt(address, folder);
    }

    /** As the source was last listed, be it by the process before this one. */
    SortedMap<String, Adapter> adapters() {
        return adapters;
    }

    /** Whether the name is that of a folder whose weights are there as a pickle only. */
    boolean isPickled(String name) {
        return pickled.contains(name);
    }

    /** Why the newest listing is missing; null when it is not. */
    @Nullable
    String problem() {
        SourceException reason = problem;
        return reason == null ? null : reason.getMessage();
    }

    /**
     * The adapter; for one that was not there at the last look the source is listed anew, so that a new folder is usable at once. Null when
     * the source has no such adapter.
     *
     * @throws SourceException when the source does not say, or not soon
     */
    @Nullable
    Adapter find(String name) {
        Adapter known = adapters.get(name);
        if (known == null && AdapterName.isName(name)) {
            lookAgain();
            known = adapters.get(name);
            SourceException reason = problem;
            if (known == null && reason != null && reason.kind() != SourceException.Kind.NOT_FOUND) {
                throw new SourceException(reason.kind(), reason.getMessage(), reason);
            }
        }
        return known;
    }

    private void lookAgain() {
        long now = System.nanoTime();
        Thread look = Thread.ofVirtual().name("look-" + id()).start(() -> listAfter(now));
        boolean isOver = false;
        try {
            isOver = look.join(LONGEST_LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!isOver) { // it goes on, and whoever asks later finds what it brings
            throw new SourceException(SourceException.Kind.UNREACHABLE,
                    "%s: listing takes longer than %d s".formatted(source.name(), LONGEST_LOOK.toSeconds()));
        }
    }

    /** Returns when the source has been listed since that moment. Many who ask wait for one look, and looks keep their distance. */
    private void listAfter(long moment) {
        listing.lock();
        try {
            if (listedFrom - moment < 0) {
                Thread.sleep(Duration.ofNanos(listedFrom + BETWEEN_MISSES.toNanos() - System.nanoTime()));
                refresh();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            listing.unlock();
        }
    }

    /** Lists the source anew; a source that fails leaves what it had. */
    void refresh() {
        listing.lock();
        try {
            listedFrom = System.nanoTime();
            AdapterListing found = AdapterListing.of(id(), cache.list(source));
            if (!found.adapters().equals(adapters)) {
                lastListing.write(found.adapters());
            }
            adapters = found.adapters();
            pickled = found.pickled();
            problem = null;
        } catch (SourceException e) {
            if (!e.getMessage().equals(problem())) {
                log.warn("adapters of {} cannot be listed: {}", id(), e.getMessage());
            }
            problem = e;
        } finally {
            listing.unlock();
        }
    }

    /**
     * This very version of the adapter.
     *
     * @throws SourceException when it cannot be had, or the check speaks against it; CHANGED when there is a newer one
     */
    Path fetch(Adapter adapter, Consumer<Path> check) {
        return cache.fetch(source, adapter.version().label(), adapter.files(), check);
    }

    /** The base model's {@code config.json}, wherever the model is. */
    JsonNode shapes() {
        JsonNode known = shapes;
        if (known == null) {
            known = readShapes();
            shapes = known;
        }
        return known;
    }

    private JsonNode readShapes() {
        SourceAddress address = SourceAddress.of(config.modelLoading().source(),
                config.engine().find(EngineOptions.REVISION).orElse(null));
        try (FileSource model = FileSources.open(address, environment)) {
            List<RemoteFile> only = cache.list(model).stream().filter(file -> file.path().equals("config.json"))
                    .toList();
            if (only.isEmpty()) {
                throw new SourceException(SourceException.Kind.UNUSABLE, "the base model has no config.json");
            }
            Path folder = cache.fetch(model, "base-" + FolderVersion.shortHash(address.toString()), only, _ -> {});
            return JsonMapper.shared().readTree(Files.readString(folder.resolve("config.json")));
        } catch (IOException e) {
            throw new SourceException(SourceException.Kind.DISK, "the base model's config.json cannot be read", e);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
