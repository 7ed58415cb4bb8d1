package io.barista.engine.testkit;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What transformers computes for a tiny model in float32 ({@code "format": "barista-golden/1"}). */
public record ModelGolden(List<Prompt> prompts, List<Adapter> adapters) {

    /**
     * The same with a LoRA adapter.
     *
     * @param path    of its folder inside the model's
     * @param prompts those of the model, with what the adapter makes of them; without positions and log-probabilities
     */
    public record Adapter(String path, List<Prompt> prompts) {

        public String name() {
            return path.substring(path.indexOf('/') + 1);
        }
    }

    /**
     * @param ids            complete: nothing is to be added
     * @param promptLogprobs of its tokens, from the second on; empty where the golden has none
     */
    public record Prompt(int[] ids, double[] promptLogprobs, Last last, List<Position> positions, Greedy greedy,
            Bfloat16 bfloat16) {}

    /**
     * The logits of the last position.
     *
     * @param logits    [vocabSize]
     * @param deviation their standard deviation, the unit of tolerances
     */
    public record Last(float[] logits, double deviation) {}

    /** The best logits of another position, best first. */
    public record Position(int position, int[] ids, double[] logits) {}

    /**
     * The greedy continuation; end tokens do not end it.
     *
     * @param margin  by how much each token beats its runner-up
     * @param second  that runner-up
     * @param logprob of each token
     */
    public record Greedy(int[] ids, double[] margin, int[] second, double[] logprob) {}

    /** How far transformers itself lands when it computes in bfloat16. */
    public record Bfloat16(double cosine, double divergence) {}

    static ModelGolden read(InputStream source) {
        JsonNode root = JsonMapper.shared().readTree(source);
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode prompt : root.get("prompts")) {
            prompts.add(prompt(prompt));
        }
        List<Adapter> adapters = new ArrayList<>();
        for (JsonNode adapter : root.path("adapters")) {
            adapters.add(new Adapter(adapter.get("path").asString(), adapter.get("prompts").valueStream()
                    .map(prompt -> prompt(prompt, prompts.get(prompt.get("prompt_index").asInt()).ids())).toList()));
        }
        return new ModelGolden(prompts, adapters);
    }

    private static Prompt prompt(JsonNode prompt, int[] ids) {
        return new Prompt(ids, new double[0], last(prompt.get("last")), List.of(), greedy(prompt.get("greedy")),
                new Bfloat16(1, 0));
    }

    private static Last last(JsonNode last) {
        return new Last(floats(last.get("logits_b64").asString()), last.get("logit_std").asDouble());
    }

    private static Greedy greedy(JsonNode greedy) {
        return new Greedy(ints(greedy.get("ids")), doubles(greedy.get("margin")), ints(greedy.get("second")),
                doubles(greedy.get("logprob")));
    }

    private static Prompt prompt(JsonNode prompt) {
        JsonNode bfloat16 = prompt.get("bf16_reference");
        List<Position> positions = new ArrayList<>();
        for (JsonNode position : prompt.get("positions")) {
            positions.add(new Position(position.get("pos").asInt(), ints(position.get("ids")),
                    doubles(position.get("logits"))));
        }
        return new Prompt(ints(prompt.get("ids")), doubles(prompt.path("prompt_logprobs"), 1),
                last(prompt.get("last")), positions, greedy(prompt.get("greedy")),
                new Bfloat16(bfloat16.get("last_cosine").asDouble(), bfloat16.get("last_kl").asDouble()));
    }

    static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static double[] doubles(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    private static double[] doubles(JsonNode array, int from) {
        return array.valueStream().skip(from).mapToDouble(JsonNode::asDouble).toArray();
    }

    static float[] floats(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
