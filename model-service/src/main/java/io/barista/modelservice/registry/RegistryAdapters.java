package io.barista.modelservice.registry;

import io.barista.config.AdapterName;
import io.barista.config.LoraConfig;
import io.barista.engine.EngineException;
import io.barista.engine.EngineException.Code;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.lora.FetchedAdapter;
import io.barista.modelservice.registry.RegistryClient.RegistryFaultException;
import io.barista.sources.DownloadLimits;
import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapters that the LoRA registry has for one base model. Their files are in this process's memory while the engine reads them, and
 * nowhere else. Thread-safe.
 */
public final class RegistryAdapters implements AdapterSource, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RegistryAdapters.class);

    /** Requests do not each ask the registry; it learns of new uploads by looking now and then itself. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    /** A registry that says nothing while it fetches an adapter itself needs more patience than a bucket. */
    private static final Duration SILENCE_WITHOUT_LIMIT = Duration.ofMinutes(10);

    private static final int UPLOADS_IN_BETWEEN = 3;

    private final RegistryClient client;
    private final AdapterDownload download;
    private final KnownVersions versions;
    private volatile List<String> lastNames = List.of();
    private volatile boolean isListed = true;

    /**
     * @param registry for example {@code http://127.0.0.1:8002}
     * @param base     the model's id, as the registry's configuration has it
     * @param apiKey   of the suite, empty for none
     * @param listener hears of downloads
     */
    public RegistryAdapters(URI registry, String base, Optional<String> apiKey, LoraConfig lora,
            DownloadListener listener) {
        Double seconds = lora.downloadTimeoutSeconds();
        @Nullable
        Duration total = seconds == null ? null : Duration.ofMillis((long) (seconds * 1000));
        DownloadLimits wide = DownloadLimits.forModels().withTries(lora.maxDownloadTries()).withTotal(total);
        Duration silence = total == null ? SILENCE_WITHOUT_LIMIT : total;
        DownloadLimits limits = new DownloadLimits(wide.connections(), wide.partBytes(), wide.tries(), total, silence,
                wide.firstWait());
        this.client = new RegistryClient(registry, base, apiKey, silence);
        this.download = new AdapterDownload(client, limits, listener, () -> ThreadLocalRandom.current().nextDouble());
        this.versions = new KnownVersions(FRESH, name -> asking(() -> client.card(name)));
    }

    /** While the registry does not answer, what it said last. */
    @Override
    public List<String> names() {
        try {
            List<String> names = new ArrayList<>();
            int pages = 1;
            for (int page = 0; page < pages; page++) {
                int number = page;
                AdapterPage answer = asking(() -> client.page(number));
                answer.data().forEach(card -> names.add(card.name()));
                pages = answer.pages();
            }
            lastNames = names.stream().distinct().sorted().toList();
            isListed = true;
        } catch (EngineException e) {
            if (isListed) {
                log.warn("adapters cannot be listed, showing those of the last time: {}", e.getMessage());
            }
            isListed = false;
        }
        return lastNames;
    }

    @Override
    public String version(String name) {
        requireName(name);
        return versions.of(name).version();
    }

    @Override
    public FetchedAdapter fetch(String name) {
        requireName(name);
        for (int attempt = 1;; attempt++) {
            // Where what is known is old by now, the registry says so when it is asked for the files.
            AdapterCard card = attempt == 1 ? versions.of(name) : versions.refresh(name);
            try {
                return download.fetch(card);
            } catch (SourceException e) {
                if (e.kind() != SourceException.Kind.CHANGED || attempt == UPLOADS_IN_BETWEEN) {
                    throw told(name, e);
                }
            }
        }
    }

    /** What the registry would not have anyway is no part of a route either. */
    private static void requireName(String name) {
        if (!AdapterName.isName(name)) {
            throw EngineException.of(Code.ADAPTER_NOT_FOUND, "There is no such adapter.");
        }
    }

    private interface Question<T> {

        T ask() throws IOException, InterruptedException;
    }

    private static <T> T asking(Question<T> question) {
        try {
            return question.ask();
        } catch (RegistryFaultException e) {
            throw new EngineException(Code.UNAVAILABLE, String.valueOf(e.getMessage()), "model", e);
        } catch (IOException e) {
            throw new EngineException(Code.UNAVAILABLE,
                    "The LoRA registry does not answer; adapters that are loaded go on.", "model", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Code.UNAVAILABLE, "Interrupted while asking the LoRA registry.", "model", e);
        }
    }

    /** For clients; what stands behind it is in the log. */
    private static EngineException told(String name, SourceException failure) {
        log.warn("adapter {} cannot be fetched: {}", name, failure.getMessage());
        String reason = switch (failure.kind()) {
            case TIMED_OUT -> "its download took longer than download_timeout_s";
            case CHANGED -> "it is being uploaded anew again and again";
            case CORRUPT -> "what came was not what the registry has";
            case DISK_FULL, DISK -> "this replica has no room to store it";
            case UNREACHABLE, NOT_FOUND, DENIED, REFUSED, ADDRESS, UNUSABLE -> "the LoRA registry does not give it now";
        };
        return new EngineException(Code.UNAVAILABLE,
                "The adapter `%s` cannot be loaded: %s. Try again later.".formatted(name, reason), "model", failure);
    }

    @Override
    public void close() {
        client.close();
    }
}
