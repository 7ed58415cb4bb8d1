import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Puts the figures of a run side by side. Usage: Report WORK OUT.json COMMIT THREADS; the table goes to standard output. */
final class Report {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Weights that every token reads: all of them, the tied embedding being the head. */
    private static final double WEIGHTS = 494.0e6;
    /** Weights that each token of a prompt is multiplied by; the head sees its last token only. */
    private static final double LAYER_WEIGHTS = 357.9e6;

    public static void main(String[] args) throws Exception {
        Path work = Path.of(args[0]);
        Map<String, JsonNode> files = new LinkedHashMap<>();
        List<String> absent = new ArrayList<>();
        for (String name : List.of("floors", "bf16", "int8", "llama-bf16", "llama-q8_0", "jlama")) {
            Path file = work.resolve(name + ".json");
            if (Files.exists(file) && Files.size(file) > 0) {
                files.put(name, JSON.readTree(Files.readString(file)));
            } else {
                files.put(name, JSON.createObjectNode());
                absent.add(name + ": " + reason(work, name));
            }
        }

        double bandwidth = files.get("floors").path("read_gb_s").asDouble(Double.NaN) * 1e9;
        double flops = files.get("floors").path("float32_gflop_s").asDouble(Double.NaN) * 1e9;
        List<Map<String, Object>> entries = new ArrayList<>();
        for (String type : List.of("bf16", "int8")) {
            double tokenBytes = WEIGHTS * (type.equals("bf16") ? 2 : 1);
            String peer = type.equals("bf16") ? "llama-bf16" : "llama-q8_0";
            add(entries, files, type, "decode-1", bandwidth / tokenBytes, peer, args[2]);
            add(entries, files, type, "decode-8", 8 * bandwidth / tokenBytes, peer, args[2]);
            add(entries, files, type, "prefill-512", flops / (2 * LAYER_WEIGHTS), peer, args[2]);
        }
        JsonNode hit = files.get("bf16").path("prefix-hit-1500");
        if (hit.isNumber()) {
            entries.add(entry("prefix-hit-1500", hit.asDouble(), "times faster first token", null, Map.of(), args[2]));
        }

        Map<String, Object> report = new LinkedHashMap<>();
        report.put("date", Instant.now().toString());
        report.put("command", "benchmarks/cpu/run.sh");
        report.put("commit", args[2]);
        report.put("cpu", cpu());
        report.put("threads", Integer.parseInt(args[3]));
        report.put("load_average", Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        report.put("machine", files.get("floors"));
        report.put("absent", absent);
        report.put("results", entries);
        Files.writeString(Path.of(args[1]), JSON.writeValueAsString(report) + "\n");
        print(entries, absent);
    }

    private static String reason(Path work, String name) throws Exception {
        Path log = work.resolve(name + ".log");
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of("was not run");
        return lines.isEmpty() ? "gave nothing" : lines.getLast();
    }

    private static void add(List<Map<String, Object>> entries, Map<String, JsonNode> files, String type, String figure,
            double floor, String peer, String commit) {
        JsonNode own = files.get(type).path(figure);
        if (!own.isNumber()) {
            return;
        }
        Map<String, Double> peers = new LinkedHashMap<>();
        addPeer(peers, "llama.cpp", files.get(peer).path(figure));
        if (type.equals("bf16")) {
            addPeer(peers, "jlama", files.get("jlama").path(figure));
        }
        entries.add(entry(type + "/" + figure, own.asDouble(), "tok/s", floor, peers, commit));
    }

    private static void addPeer(Map<String, Double> peers, String name, JsonNode figure) {
        if (figure.isNumber()) {
            peers.put(name, figure.asDouble());
        }
    }

    private static Map<String, Object> entry(String name, double value, String unit, Double floor,
            Map<String, Double> peers, String commit) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put("value", value);
        entry.put("unit", unit);
        entry.put("floor", floor == null || floor.isNaN() ? null : Math.round(floor * 10) / 10.0);
        entry.put("peers", peers);
        entry.put("commit", commit);
        return entry;
    }

    private static String cpu() throws Exception {
        Path info = Path.of("/proc/cpuinfo");
        return Files.exists(info)
                ? Files.lines(info).filter(line -> line.startsWith("model name")).findFirst()
                        .map(line -> line.substring(line.indexOf(':') + 2)).orElse("unknown")
                : System.getProperty("os.arch");
    }

    private static void print(List<Map<String, Object>> entries, List<String> absent) {
        System.out.printf("%-18s %10s %10s %10s %8s %10s%n", "", "Barista", "floor", "llama.cpp", "ratio", "jlama");
        for (Map<String, Object> entry : entries) {
            double value = (Double) entry.get("value");
            Double llama = (Double) ((Map<?, ?>) entry.get("peers")).get("llama.cpp");
            Double jlama = (Double) ((Map<?, ?>) entry.get("peers")).get("jlama");
            System.out.printf("%-18s %10.1f %10s %10s %8s %10s%n", entry.get("name"), value,
                    entry.get("floor") == null ? "-" : entry.get("floor"), llama == null ? "-" : "%.1f".formatted(llama),
                    llama == null ? "-" : "%.2f".formatted(value / llama), jlama == null ? "-" : "%.1f".formatted(jlama));
        }
        absent.forEach(line -> System.out.println("absent: " + line));
    }
}
