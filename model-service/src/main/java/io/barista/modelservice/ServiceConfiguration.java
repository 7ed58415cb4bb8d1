package io.barista.modelservice;

import io.barista.config.BackendKind;
import io.barista.engine.backend.Backend;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.cuda.CudaBackend;
import io.barista.modelservice.adapters.RegistrySettings;
import io.barista.modelservice.chat.ChatPreparation;
import io.barista.modelservice.completion.CompletionPreparation;
import io.barista.modelservice.config.ModelToServe;
import io.barista.modelservice.config.ServiceSettings;
import io.barista.modelservice.embedding.EmbeddingAnswers;
import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.engine.ServedModelLoader;
import io.barista.modelservice.engine.Weights;
import io.barista.modelservice.lifecycle.InFlight;
import io.barista.modelservice.metrics.DownloadMetrics;
import io.barista.modelservice.metrics.VllmNames;
import io.barista.modelservice.responses.ResponseAnswers;
import io.barista.modelservice.responses.ResponsePreparation;
import io.barista.modelservice.responses.ResponseStore;
import io.barista.openai.json.OpenAiJson;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What the service is made of, and how it fits together. */
@Configuration(proxyBeanMethods = false)
class ServiceConfiguration {

    /** Bodies that may wait to be parsed and tokenized before new ones are turned away. */
    private static final int PREPARATION_QUEUE = 4096;

    private static final int IDLE_SECONDS = 30;

    /** So much of the shutdown phase is left for the last error events. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    @Bean
    OpenAiJson openAiJson() {
        return new OpenAiJson();
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Parsing, rendering and tokenizing: seconds for a book, so never on the event loop, and bounded by the cores. */
    @Bean(destroyMethod = "dispose")
    Scheduler preparing() {
        return Schedulers.newBoundedElastic(cores(), PREPARATION_QUEUE, "prepare", IDLE_SECONDS, true);
    }

    /** Questions to the LoRA registry, which may take their time: a thread each, that costs little. Never for work. */
    @Bean(destroyMethod = "dispose")
    Scheduler asking() {
        return Schedulers.fromExecutorService(
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("ask-", 0).factory()), "ask");
    }

    /** Turning the engine's events into answers: many small pieces of work, not to be stuck behind a book. */
    @Bean(destroyMethod = "dispose")
    Scheduler answering() {
        return Schedulers.newParallel("answer", cores(), true);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    ModelHost modelHost(Environment environment, PrometheusMeterRegistry registry, Clock clock, StartFailure failure,
            @Value("${barista.version}") String version) {
        DownloadMetrics downloads = new DownloadMetrics(registry);
        Weights weights = new Weights(System.getenv(), downloads);
        RegistrySettings adapters = new RegistrySettings(
                environment.getProperty("barista.lora-registry.uri", URI.class),
                Optional.of(environment.getProperty("BARISTA_API_KEY", "")).filter(key -> !key.isEmpty()), downloads);
        Backend gpu = new CudaBackend();
        ServedModelLoader loader = new ServedModelLoader(weights, adapters, List.of(gpu, new CpuBackend()), registry,
                version,
                clock);
        return new ModelHost(() -> loader.load(ModelToServe.find(ServiceSettings.of(environment), bestOf(gpu))),
                failure::exit);
    }

    private static BackendKind bestOf(Backend gpu) {
        return gpu.refusal().isEmpty() ? BackendKind.CUDA : BackendKind.CPU;
    }

    @Bean
    MeterRegistryCustomizer<MeterRegistry> vllmNames() {
        return registry -> registry.config().namingConvention(new VllmNames());
    }

    @Bean
    InFlight inFlight(@Value("${spring.lifecycle.timeout-per-shutdown-phase}") Duration phase) {
        return new InFlight(phase.compareTo(FAREWELL.multipliedBy(2)) > 0 ? phase.minus(FAREWELL) : phase.dividedBy(2));
    }

    @Bean
    ChatPreparation chatPreparation(Clock clock) {
        return new ChatPreparation(clock);
    }

    @Bean
    CompletionPreparation completionPreparation(Clock clock) {
        return new CompletionPreparation(clock);
    }

    @Bean
    ResponseStore responseStore(OpenAiJson json, @Value("${barista.responses.capacity}") int capacity,
            @Value("${barista.responses.memory}") DataSize memory) {
        return new ResponseStore(capacity, memory.toBytes(), json);
    }

    @Bean
    ResponsePreparation responsePreparation(ChatPreparation chats, ResponseStore store) {
        return new ResponsePreparation(chats, store);
    }

    @Bean
    ResponseAnswers responseAnswers(ResponseStore store) {
        return new ResponseAnswers(store);
    }

    @Bean
    EmbeddingAnswers embeddingAnswers(Clock clock) {
        return new EmbeddingAnswers(clock);
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }
}
