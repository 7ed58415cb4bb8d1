import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** The client of run.sh: asks the gateway, and writes one JSON object to standard output. */
final class LoraBenchmark {

    private static final int STREAMS = 64;
    private static final int TOKENS = 128;
    private static final int NEIGHBOURS = 8;
    private static final int NEIGHBOUR_TOKENS = 400;
    private static final Duration BETWEEN_LOADS = Duration.ofMillis(200);
    private static final int FIRST_TOKENS = 20;
    private static final Duration AFTERMATH = Duration.ofMillis(500);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final String url;
    private final int cold;
    private int coldUsed;

    private LoraBenchmark(String url, int cold) {
        this.url = url;
        this.cold = cold;
    }

    /** When each token of one answer came, by nanoTime, after the moment of asking. */
    private record Answer(long asked, long[] tokens) {

        double firstTokenMs() {
            return (tokens[0] - asked) / 1e6;
        }
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[1]);
        int resident = Integer.parseInt(arguments[2]);
        LoraBenchmark benchmark = new LoraBenchmark(arguments[0], Integer.parseInt(arguments[3]));
        benchmark.warmUp(resident);
        StringBuilder json = new StringBuilder("{\n");
        json.append("  \"date\": \"%s\",\n  \"commit\": \"%s\",\n  \"command\": \"%s\",\n".formatted(
                Instant.now().toString().substring(0, 19) + "Z", arguments[4], arguments[6]));
        json.append("  \"cpu\": \"%s\",\n  \"processors\": %d,\n".formatted(arguments[5],
                Runtime.getRuntime().availableProcessors()));
        json.append("  \"streams\": %d,\n  \"tokens_a_stream\": %d,\n".formatted(STREAMS, TOKENS));
        json.append(benchmark.throughput(rounds)).append(",\n");
        json.append(benchmark.firstTokens()).append(",\n");
        json.append(benchmark.processorTime(Arrays.asList(arguments).subList(7, arguments.length))).append(",\n");
        json.append(benchmark.neighbours()).append(",\n");
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        json.append("  \"load_average_at_end\": ").append(load).append("\n}");
        System.out.println(json);
        benchmark.clients.shutdown();
    }

    /** Compiles the hot paths and loads the adapters that are to be loaded. */
    private void warmUp(int resident) throws Exception {
        say("warming up");
        for (int adapter = 1; adapter <= resident; adapter++) {
            ask("barista-demo:resident-" + adapter, 1);
        }
        for (int round = 0; round < 3; round++) {
            batch(0);
            batch(16);
        }
    }

    private String throughput(int rounds) throws Exception {
        int[] counts = {0, 1, 4, 16, 64};
        double[][] measured = new double[counts.length][rounds];
        for (int round = 0; round < rounds; round++) { // in turns, so that a busy moment of the machine hits all alike
            for (int i = 0; i < counts.length; i++) {
                measured[i][round] = batch(counts[i]);
                say("%d adapters: %.0f tokens/s".formatted(counts[i], measured[i][round]));
            }
        }
        StringBuilder json = new StringBuilder("  \"throughput_tokens_per_s\": {");
        double base = median(measured[0]);
        for (int i = 0; i < counts.length; i++) {
            json.append(i == 0 ? "" : ", ").append(number("\"%s\": {\"median\": %.1f, \"of_base\": %.3f}",
                    counts[i] == 0 ? "base" : counts[i] + "_adapters", median(measured[i]), median(measured[i]) / base));
        }
        return json.append("}").toString();
    }

    /** Tokens a second of all streams together, evenly over so many adapters; 0 for the base model. */
    private double batch(int adapters) throws Exception {
        long started = System.nanoTime();
        List<Future<Answer>> answers = new ArrayList<>();
        for (int stream = 0; stream < STREAMS; stream++) {
            String model = adapters == 0 ? "barista-demo" : "barista-demo:resident-" + (stream % adapters + 1);
            answers.add(clients.submit(() -> ask(model, TOKENS)));
        }
        long tokens = 0;
        for (Future<Answer> answer : answers) {
            tokens += answer.get().tokens().length;
        }
        return tokens / ((System.nanoTime() - started) / 1e9);
    }

    private String firstTokens() throws Exception {
        double[] base = new double[FIRST_TOKENS];
        double[] warm = new double[FIRST_TOKENS];
        double[] unloaded = new double[FIRST_TOKENS];
        for (int i = 0; i < FIRST_TOKENS; i++) {
            base[i] = ask("barista-demo", 2).firstTokenMs();
            warm[i] = ask("barista-demo:resident-" + (i + 1), 2).firstTokenMs();
            unloaded[i] = ask(nextCold(), 2).firstTokenMs();
        }
        return number("  \"first_token_ms\": {\"base\": %.1f, \"warm_adapter\": %.1f, \"cold_adapter\": %.1f}",
                median(base), median(warm), median(unloaded));
    }

    /** Milliseconds of processor time that one request for one token takes in each service, a load's included. @param services name=pid */
    private String processorTime(List<String> services) throws Exception {
        say("processor time");
        double[][] took = new double[3][];
        for (int kind = 0; kind < took.length; kind++) {
            double[] before = processorMs(services);
            for (int i = 0; i < FIRST_TOKENS; i++) {
                ask(kind == 0 ? "barista-demo" : kind == 1 ? "barista-demo:resident-" + (i + 1) : nextCold(), 1);
            }
            Thread.sleep(AFTERMATH); // a log line, a compilation
            double[] after = processorMs(services);
            took[kind] = new double[services.size()];
            for (int service = 0; service < services.size(); service++) {
                took[kind][service] = (after[service] - before[service]) / FIRST_TOKENS;
            }
        }
        StringBuilder json = new StringBuilder("  \"processor_ms_of_a_request\": {");
        for (int service = 0; service < services.size(); service++) {
            json.append(service == 0 ? "\n" : ",\n").append(number(
                    "    \"%s\": {\"base\": %.1f, \"warm_adapter\": %.1f, \"cold_adapter\": %.1f}",
                    services.get(service).split("=")[0], took[0][service], took[1][service], took[2][service]));
        }
        return json.append("\n  }").toString();
    }

    /** So far, as the system counts it: in ticks of ten milliseconds. */
    private static double[] processorMs(List<String> services) throws IOException {
        double[] times = new double[services.size()];
        for (int service = 0; service < times.length; service++) {
            String stat = Files.readString(Path.of("/proc", services.get(service).split("=")[1], "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            times[service] = 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
        }
        return times;
    }

    private String neighbours() throws Exception {
        double[] quiet = gaps(null);
        double[] warm = gaps(new int[]{0});
        double[] loading = gaps(new int[]{1});
        return number("""
                  "inter_token_ms_of_neighbours": {
                    "neighbours": %d, "ms_between_requests": %d,
                    "alone": {"p50": %.2f, "p99": %.2f},
                    "beside_requests_for_loaded_adapters": {"p50": %.2f, "p99": %.2f},
                    "beside_requests_that_load_adapters": {"p50": %.2f, "p99": %.2f},
                    "p50_loading_of_alone": %.3f, "p99_loading_of_alone": %.3f,
                    "p50_loading_of_loaded": %.3f, "p99_loading_of_loaded": %.3f
                  }""", NEIGHBOURS, BETWEEN_LOADS.toMillis(), at(quiet, 0.5), at(quiet, 0.99), at(warm, 0.5),
                at(warm, 0.99), at(loading, 0.5), at(loading, 0.99), at(loading, 0.5) / at(quiet, 0.5),
                at(loading, 0.99) / at(quiet, 0.99), at(loading, 0.5) / at(warm, 0.5), at(loading, 0.99) / at(warm, 0.99));
    }

    /** Times between tokens of base streams, in ms, beside nothing (null), requests for loaded (0) or for unloaded adapters (1). */
    private double[] gaps(int[] beside) throws Exception {
        say("neighbours " + (beside == null ? "alone" : beside[0] == 0 ? "of loaded adapters" : "of loading"));
        AtomicBoolean isOver = new AtomicBoolean();
        Future<Void> others = clients.submit(() -> {
            for (int i = 0; beside != null && !isOver.get(); i++) {
                String model = beside[0] == 0 ? "barista-demo:resident-" + (i % STREAMS + 1) : nextCold();
                clients.submit(() -> ask(model, 1));
                Thread.sleep(BETWEEN_LOADS);
            }
            return null;
        });
        List<Future<Answer>> streams = new ArrayList<>();
        for (int i = 0; i < NEIGHBOURS; i++) {
            streams.add(clients.submit(() -> ask("barista-demo", NEIGHBOUR_TOKENS)));
        }
        List<Double> gaps = new ArrayList<>();
        for (Future<Answer> stream : streams) {
            long[] tokens = stream.get().tokens();
            for (int i = 1; i < tokens.length; i++) {
                gaps.add((tokens[i] - tokens[i - 1]) / 1e6);
            }
        }
        isOver.set(true);
        others.get();
        return gaps.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private synchronized String nextCold() {
        if (coldUsed == cold) {
            throw new IllegalStateException("all " + cold + " unloaded adapters are used up");
        }
        return "barista-demo:cold-" + ++coldUsed;
    }

    private Answer ask(String model, int tokens) throws IOException, InterruptedException {
        String body = """
                {"model":"%s","prompt":"Tell me about the sea and the ships on it.","max_tokens":%d,"ignore_eos":true,
                 "temperature":0,"stream":true}""".formatted(model, tokens);
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
        long asked = System.nanoTime();
        HttpResponse<java.io.InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        long[] times = new long[tokens];
        int count = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (answer.statusCode() != 200 || line.startsWith("data: {\"error\"")) {
                    throw new IOException(model + ": " + line);
                }
                if (line.startsWith("data: {") && count < tokens) {
                    times[count++] = System.nanoTime();
                }
            }
        }
        if (count == 0) {
            throw new IOException(model + ": an empty answer");
        }
        return new Answer(asked, Arrays.copyOf(times, count));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return at(sorted, 0.5);
    }

    private static double at(double[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static void say(String text) {
        System.err.println(text);
    }
}
