package io.barista.modelservice.engine;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EmbeddingEngine;
import io.barista.engine.EngineException;
import io.barista.engine.LlmEngine;
import io.barista.engine.backend.Backend;
import io.barista.engine.chat.ChatTemplate;
import io.barista.engine.chat.ChatTemplateException;
import io.barista.engine.chat.OutputDialect;
import io.barista.engine.model.ModelFolder;
import io.barista.modelservice.adapters.AdapterSetup;
import io.barista.modelservice.adapters.RegistrySettings;
import io.barista.modelservice.adapters.ServedAdapters;
import io.barista.modelservice.config.ModelToServe;
import io.barista.modelservice.metrics.EmbeddingMetrics;
import io.barista.modelservice.metrics.ServiceMetrics;
import io.barista.sources.SourceException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a configured model to one that answers. */
public final class ServedModelLoader {

    private static final Logger log = LoggerFactory.getLogger(ServedModelLoader.class);

    private final Weights weights;
    private final RegistrySettings adapters;
    private final List<Backend> backends;
    private final PrometheusMeterRegistry registry;
    private final String version;
    private final Clock clock;

    /**
     * @param weights  brings what is not here yet
     * @param adapters where those that are fetched come from
     * @param backends best first
     * @param version  of this program
     */
    public ServedModelLoader(Weights weights, RegistrySettings adapters, List<Backend> backends,
            PrometheusMeterRegistry registry, String version, Clock clock) {
        this.weights = weights;
        this.adapters = adapters;
        this.backends = backends;
        this.registry = registry;
        this.version = version;
        this.clock = clock;
    }

    /**
     * @throws EngineException in one line, when the model or its configuration cannot be used
     * @throws SourceException in one line, when its files cannot be had
     */
    public HostedModel load(ModelToServe toServe) {
        ModelFolder folder = ModelFolder.open(weights.folder(toServe));
        return switch (Purpose.of(toServe.engine(), folder)) {
            case TEXT -> generator(toServe, folder);
            case EMBEDDINGS -> embedder(toServe, folder);
        };
    }

    private EmbeddingModel embedder(ModelToServe toServe, ModelFolder folder) {
        EngineConfig asked = toServe.engine();
        ChatTemplate template = templateSource(asked, folder).map(text -> compile(text, folder)).orElse(null);
        EmbeddingEngine engine = EmbeddingEngine.start(folder, asked, backends);
        log.info("serving embeddings of {} from {}", toServe.names(), folder.path());
        return new EmbeddingModel(toServe.names(), engine, asked, toServe.ignored(), template,
                Matryoshka.dimensions(folder.config()), new EmbeddingMetrics(registry, toServe.names().getFirst()),
                clock.instant().getEpochSecond());
    }

    private ServedModel generator(ModelToServe toServe, ModelFolder folder) {
        EngineConfig asked = AdapterSetup.engine(toServe.engine(), toServe.lora());
        ServedAdapters served = AdapterSetup.source(toServe, adapters, weights.download(toServe));
        OutputDialect dialect = OutputDialect.of(asked.find(EngineOptions.REASONING_PARSER).orElse(null),
                asked.find(EngineOptions.TOOL_CALL_PARSER).orElse(null));
        ChatTemplate template = templateSource(asked, folder).map(text -> compile(text, folder)).orElse(null);
        SamplingDefaults defaults = SamplingDefaults.of(folder, asked);
        int limit = asked.find(EngineOptions.MAX_MODEL_LEN).filter(length -> length > 0)
                .orElseGet(() -> folder.decoder().contextLength());
        ServiceMetrics metrics = new ServiceMetrics(registry, toServe.names().getFirst(), limit);
        LlmEngine engine = LlmEngine.start(folder, asked, backends, served, metrics.observer());
        metrics.bind(engine);
        // the first structured output would wait for it otherwise
        Thread.ofPlatform().name("grammar-warm-up").daemon().start(engine.grammars()::warmUp);
        log.info("serving {} from {}", toServe.names(), folder.path());
        return new ServedModel(toServe.names(), engine, asked, toServe.ignored(), template, dialect, defaults,
                fingerprint(engine),
                clock.instant().getEpochSecond(), served, null);
    }

    private static ChatTemplate compile(String source, ModelFolder folder) {
        try {
            return ChatTemplate.compile(source, folder.specialTokens());
        } catch (ChatTemplateException e) {
            throw new EngineException(EngineException.Code.INVALID_MODEL,
                    "the chat template of %s cannot be used: %s".formatted(folder.path(), e.getMessage()), null, e);
        }
    }

    private static Optional<String> templateSource(EngineConfig asked, ModelFolder folder) {
        Optional<String> configured = asked.find(EngineOptions.CHAT_TEMPLATE);
        return configured.isPresent() ? configured.map(ServedModelLoader::fileOrText) : folder.chatTemplateSource();
    }

    /** The option names a file or is the template itself, as in vLLM. */
    private static String fileOrText(String option) {
        Path file = file(option);
        if (file == null) {
            return option;
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG,
                    "chat_template: %s cannot be read".formatted(file), null, e);
        }
    }

    private static @Nullable Path file(String option) {
        if (option.contains("{") || option.contains("\n")) {
            return null;
        }
        try {
            return Path.of(option);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private String fingerprint(LlmEngine engine) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(engine.config().asMap().toString().getBytes(StandardCharsets.UTF_8));
            return "barista-%s-%s".formatted(version, HexFormat.of().formatHex(hash, 0, 4));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
