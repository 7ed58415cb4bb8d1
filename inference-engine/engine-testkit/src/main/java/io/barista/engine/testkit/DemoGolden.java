package io.barista.engine.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the trained demo model answers in float32. */
public record DemoGolden(Path folder, List<Case> cases) {

    /**
     * @param outputIds the greedy answer, its end token included
     * @param limit     tokens asked for at most
     */
    public record Case(String name, int[] promptIds, int[] outputIds, int limit) {

        @Override
        public String toString() {
            return name;
        }
    }

    /** Of models/barista-demo under the repository's root, which the build names in {@code barista.root}. */
    public static DemoGolden load() {
        return load("barista-demo");
    }

    /** Of models/adapters/NAME, an adapter of that model. */
    public static DemoGolden ofAdapter(String name) {
        return load("adapters/" + name);
    }

    private static DemoGolden load(String name) {
        Path folder = Path.of(System.getProperty("barista.root", "."), "models").resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException(
                    folder + " is no folder; run with -Dbarista.root=ROOT, the folder of the repository");
        }
        List<Case> cases = new ArrayList<>();
        for (JsonNode golden : JsonMapper.shared().readTree(folder.resolve("golden.json")).get("cases")) {
            cases.add(new Case(golden.get("name").asString(), ModelGolden.ints(golden.get("prompt_ids")),
                    ModelGolden.ints(golden.get("output_ids")), golden.get("max_new_tokens").asInt()));
        }
        return new DemoGolden(folder, cases);
    }
}
