package io.barista.cli.bench;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

@Command(name = "bench", description = "Measures an OpenAI-compatible endpoint under load, with streaming requests.",
        mixinStandardHelpOptions = true, showDefaultValues = true, sortOptions = false, abbreviateSynopsis = true)
public final class BenchCommand implements Callable<Integer> {

    private final Workplace workplace;

    @Option(names = "--base-url", paramLabel = "URL", defaultValue = "http://127.0.0.1:8000",
            description = "The server.")
    private URI baseUrl = URI.create("");

    @Option(names = "--api-key", paramLabel = "KEY",
            description = "Sent as a bearer token; BARISTA_API_KEY when absent.")
    private @Nullable String apiKey;

    @Option(names = "--model", description = "The model to ask; the server's first when absent.")
    private @Nullable String model;

    @Option(names = "--endpoint", paramLabel = "chat|completions", defaultValue = "chat", description = "Which API.")
    private Api endpoint = Api.CHAT;

    @Option(names = "--num-prompts", paramLabel = "N", defaultValue = "100", description = "Requests to measure.")
    private int numPrompts;

    @Option(names = "--concurrency", paramLabel = "N",
            description = "Requests under way at most; 16, or no limit with --request-rate, when absent.")
    private @Nullable Integer concurrency;

    @Option(names = "--request-rate", paramLabel = "R",
            description = "Requests per second on average, as a Poisson process; as fast as the concurrency allows when absent.")
    private @Nullable Double requestRate;

    @Option(names = "--dataset", paramLabel = "random", defaultValue = "random",
            description = "Random words, unless --dataset-path names a file.")
    private String dataset = "";

    @Option(names = "--dataset-path", paramLabel = "FILE.jsonl",
            description = "One JSON object a line: \"prompt\" or \"messages\", optionally \"max_tokens\".")
    private @Nullable Path datasetPath;

    @Option(names = "--random-input-len", paramLabel = "N", defaultValue = "128",
            description = "Tokens of a random prompt; words, unless --tokenizer is given.")
    private int randomInputLength;

    @Option(names = "--random-output-len", paramLabel = "N", defaultValue = "64",
            description = "max_tokens of a request.")
    private int outputLength;

    @Option(names = "--tokenizer", paramLabel = "MODEL_DIR",
            description = "A folder with the model's tokenizer, for random prompts of an exact length.")
    private @Nullable Path tokenizer;

    @Option(names = "--seed", defaultValue = "0", description = "Of prompts and arrival times.")
    private long seed;

    @Option(names = "--ignore-eos", description = "Answers do not end before max_tokens (vLLM's and our extension).")
    private boolean ignoreEos;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0", description = "Of sampling.")
    private double temperature;

    @Option(names = "--extra-body", paramLabel = "JSON", description = "More fields for each request's body.")
    private @Nullable String extraBody;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "1",
            description = "Requests before the measured ones.")
    private int warmup;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "600", description = "Of one request.")
    private int timeoutSeconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the result there as well.")
    private @Nullable Path jsonFile;

    public BenchCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Optional<String> key = apiKey == null ? workplace.variable("BARISTA_API_KEY") : Optional.of(apiKey);
        Endpoint target = new Endpoint(baseUrl, endpoint, key, Duration.ofSeconds(timeoutSeconds));
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10)).build()) {
            String served = model == null ? target.firstModel(client) : model;
            Workload workload = workload();
            Map<String, Object> fields = fields(target);
            List<HttpRequest> requests = workload.ofSize(numPrompts).items().stream()
                    .map(item -> target.generation(served, item, fields)).toList();
            BenchReport report = measure(new LoadGenerator(client), requests, setup(served, workload.name()));
            return publish(report);
        } catch (ConnectException _) {
            throw CommandFailure.of("nothing answers at %s", baseUrl);
        }
    }

    private void check() {
        require(numPrompts > 0, "--num-prompts must be at least 1");
        require(concurrency == null || concurrency > 0, "--concurrency must be at least 1");
        require(requestRate == null || requestRate > 0, "--request-rate must be above 0");
        require(randomInputLength > 0 && outputLength > 0,
                "--random-input-len and --random-output-len must be at least 1");
        require(warmup >= 0, "--warmup must not be negative");
        require(dataset.equals("random"), "--dataset knows only random; a file is given by --dataset-path");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw CommandFailure.withExitCode(2, message);
        }
    }

    private Workload workload() throws IOException {
        if (datasetPath != null) {
            Path file = workplace.folder().resolve(datasetPath);
            require(Files.isRegularFile(file), "--dataset-path: no such file: " + datasetPath);
            return new JsonLinesWorkload().read(file, outputLength);
        }
        Optional<Tokenizer> exact = Optional.ofNullable(tokenizer)
                .map(folder -> ModelFolder.open(workplace.folder().resolve(folder)).tokenizer());
        return new RandomWorkload(exact, seed).create(numPrompts, randomInputLength, outputLength);
    }

    private Map<String, Object> fields(Endpoint target) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("temperature", temperature);
        if (ignoreEos) {
            fields.put("ignore_eos", true);
        }
        if (extraBody != null) {
            fields.putAll(target.parseFields(extraBody));
        }
        return fields;
    }

    private BenchReport.Setup setup(String served, String workload) {
        int atOnce = concurrency != null ? concurrency : requestRate == null ? 16 : Integer.MAX_VALUE;
        return new BenchReport.Setup(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), baseUrl.toString(),
                endpoint.path(), served, workload, numPrompts, Math.min(atOnce, numPrompts),
                Optional.ofNullable(requestRate));
    }

    private BenchReport measure(LoadGenerator generator, List<HttpRequest> requests, BenchReport.Setup setup)
            throws InterruptedException {
        for (int i = 0; i < warmup; i++) {
            if (generator.send(requests.get(i % requests.size())) instanceof Outcome.Failed(String reason)) {
                throw CommandFailure.of("the first request failed: %s", reason);
            }
        }
        long[] arrivals = setup.requestRate().map(rate -> Arrivals.poisson(requests.size(), rate, seed))
                .orElseGet(() -> Arrivals.immediately(requests.size()));
        Consumer<Outcome> progress = new Progress(workplace.err(), requests.size(), workplace.isTerminal())::add;
        return BenchReport.of(setup, generator.run(requests, arrivals, setup.concurrency(), progress));
    }

    private int publish(BenchReport report) throws IOException {
        workplace.out().print(report.asTable());
        if (jsonFile != null) {
            Files.write(workplace.folder().resolve(jsonFile),
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(report));
        }
        if (report.failed() > 0) {
            throw CommandFailure.of("%d of %d requests failed: %s", report.failed(), report.setup().numPrompts(),
                    String.join("; ", report.failures()));
        }
        return 0;
    }
}
