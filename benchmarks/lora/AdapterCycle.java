import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The client of cycle.sh: asks for every adapter alone, then for all of them in turns by many clients, round after round, and looks at what
 * the processes hold after each. An answer is an adapter's own when its log-probabilities are those that the adapter gives alone.
 */
final class AdapterCycle {

    private static final int CLIENTS = 32;
    private static final double TOLERANCE = 1e-3;
    private static final Pattern LOGPROBS = Pattern.compile("\"token_logprobs\":\\[([^]]*)]");
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final int adapters;
    private final Path cache;
    private final Map<String, Long> processes = new LinkedHashMap<>();
    private int errors;

    /** What a process holds: the live part of its heap, all its memory, and open files. */
    private record Held(double heapMb, double residentMb, long files) {

        String json() {
            return String.format(Locale.ROOT, "{\"live_heap_mb\": %.1f, \"resident_mb\": %.1f, \"open_files\": %d}",
                    heapMb, residentMb, files);
        }
    }

    private AdapterCycle(String url, int adapters, Path cache) {
        this.url = url;
        this.adapters = adapters;
        this.cache = cache;
    }

    /** URL ADAPTERS ROUNDS CACHE COMMIT CPU COMMAND NAME=PID... */
    public static void main(String[] arguments) throws Exception {
        AdapterCycle cycle = new AdapterCycle(arguments[0], Integer.parseInt(arguments[1]), Path.of(arguments[3]));
        for (int i = 7; i < arguments.length; i++) {
            String[] process = arguments[i].split("=");
            cycle.processes.put(process[0], Long.valueOf(process[1]));
        }
        System.out.printf(Locale.ROOT, """
                {
                  "date": "%sZ",
                  "commit": "%s",
                  "command": "%s",
                  "cpu": "%s",
                  "adapters": %d, "clients": %d,
                %s
                }
                """, Instant.now().toString().substring(0, 19), arguments[4], arguments[6], arguments[5], cycle.adapters,
                CLIENTS, cycle.rounds(Integer.parseInt(arguments[2])));
    }

    private String rounds(int rounds) throws Exception {
        List<double[]> alone = new ArrayList<>();
        for (int number = 0; number < adapters; number++) {
            alone.add(ask(number));
        }
        List<String> states = new ArrayList<>();
        states.add(state("after_each_alone", 0));
        int wrong = 0;
        for (int round = 1; round <= rounds; round++) {
            long began = System.nanoTime();
            wrong += together(alone, round);
            double seconds = (System.nanoTime() - began) / 1e9;
            states.add(state("after_round_" + round, adapters / seconds));
        }
        return "  \"answers\": %d, \"errors\": %d, \"answers_of_another_adapter\": %d,%n%s".formatted(
                adapters * (rounds + 1), errors, wrong, String.join(",\n", states));
    }

    /** Answers that were not the adapter's own. */
    private int together(List<double[]> alone, int seed) throws Exception {
        List<Integer> order = new ArrayList<>();
        for (int number = 0; number < adapters; number++) {
            order.add(number);
        }
        Collections.shuffle(order, new Random(seed));
        Map<Integer, Future<double[]>> asked = new LinkedHashMap<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            order.forEach(number -> asked.put(number, clients.submit(() -> ask(number))));
        }
        int wrong = 0;
        for (Map.Entry<Integer, Future<double[]>> each : asked.entrySet()) {
            wrong += isSame(alone.get(each.getKey()), each.getValue().get()) ? 0 : 1;
        }
        return wrong;
    }

    private static boolean isSame(double[] left, double[] right) {
        boolean isSame = left.length == right.length && left.length > 0;
        for (int i = 0; isSame && i < left.length; i++) {
            isSame = Math.abs(left[i] - right[i]) < TOLERANCE;
        }
        return isSame;
    }

    /** The log-probabilities of a few tokens; none after an error. */
    private double[] ask(int number) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("""
                        {"model":"barista-demo:a-%d","prompt":"The capital of France is","max_tokens":8,"temperature":0,
                         "logprobs":1,"ignore_eos":true}""".formatted(number)))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        Matcher values = LOGPROBS.matcher(answer.body());
        if (answer.statusCode() != 200 || !values.find()) {
            synchronized (this) {
                errors++;
            }
            System.err.println("a-" + number + ": " + answer.statusCode() + " " + answer.body());
            return new double[0];
        }
        return Stream.of(values.group(1).split(",")).mapToDouble(Double::parseDouble).toArray();
    }

    private String state(String name, double perSecond) throws Exception {
        StringBuilder json = new StringBuilder("  \"" + name + "\": {");
        if (perSecond > 0) {
            json.append(String.format(Locale.ROOT, "\"answers_a_second\": %.1f, ", perSecond));
        }
        for (Map.Entry<String, Long> process : processes.entrySet()) {
            json.append('"').append(process.getKey()).append("\": ").append(held(process.getValue()).json()).append(", ");
        }
        json.append(cached()).append('}');
        System.err.println(json);
        return json.toString();
    }

    private static Held held(long process) throws Exception {
        jcmd(process, "GC.run");
        double heap = jcmd(process, "GC.heap_info").lines()
                .filter(line -> !line.contains("Metaspace") && !line.contains("class space")).map(USED::matcher)
                .filter(Matcher::find).mapToLong(used -> Long.parseLong(used.group(1))).sum() / 1024.0;
        String resident = Files.readString(Path.of("/proc/" + process + "/status")).lines()
                .filter(line -> line.startsWith("VmRSS")).findFirst().orElseThrow().replaceAll("\\D", "");
        try (Stream<Path> files = Files.list(Path.of("/proc/" + process + "/fd"))) {
            return new Held(heap, Long.parseLong(resident) / 1024.0, files.count());
        }
    }

    private static String jcmd(long process, String command) throws Exception {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process), command).redirectErrorStream(true).start();
        return new String(jcmd.getInputStream().readAllBytes());
    }

    /** Of the registry's disk; files come and go while they are counted. */
    private String cached() throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            List<Path> all = files.filter(Files::isRegularFile).collect(Collectors.toList());
            long bytes = all.stream().mapToLong(AdapterCycle::size).sum();
            return String.format(Locale.ROOT, "\"registry_disk_files\": %d, \"registry_disk_mb\": %.1f", all.size(),
                    bytes / 1048576.0);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
