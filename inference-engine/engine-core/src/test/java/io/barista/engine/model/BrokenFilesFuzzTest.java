package io.barista.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Whatever a folder's files hold, either it is understood or it is one INVALID_MODEL error. */
class BrokenFilesFuzzTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> MODELS = List.of("llama-gqa-llama3rope", "llama-biases-yarn", "llama-dynamic",
            "mistral-sliding", "mixtral-top2", "qwen2-tied-bias", "qwen2-moe-shared-expert", "qwen3-qknorm",
            "qwen3-moe", "gemma2-softcap", "gemma3-text", "phi3-longrope", "phi3-partial-rotary", "deepseek-v2-lite",
            "deepseek-v2-groups", "deepseek-v3-mla-moe");

    /** @param choice of a key, of those there are */
    private record Damage(int choice, boolean removes, Object value) {}

    @Property(tries = 4_000)
    void aConfigIsUnderstoodOrRefused(@ForAll("configs") String config, @ForAll("damages") List<Damage> damages) {
        ObjectNode root = (ObjectNode) JSON.readTree(resource(config));
        damages.forEach(damage -> apply(damage, root));
        try {
            DecoderSpec spec = ModelFamilies
                    .spec(ModelConfigReader.read(new ConfigFields("config.json", (JsonNode) root)));

            assertThat(spec.contextLength()).isPositive();
            assertThat(spec.kvShape(16).blockElements()).isPositive();
            ActivationWidths widths = ActivationWidths.of(spec);
            assertThat(widths.queries()).isPositive();
            assertThat(widths.attended()).isPositive();
            assertThat(widths.gateUp()).isNotNegative();
            for (DecoderSpec.Rope rope : spec.ropes()) {
                assertThat(RopeAngles.frequencies(rope.spec(), rope.rotaryDim(), true)).hasSize(rope.rotaryDim() / 2);
            }
        } catch (EngineException refused) {
            assertRefusal(refused);
        }
    }

    @Property(tries = 4_000)
    void aSafetensorsHeaderIsUnderstoodOrRefused(@ForAll("headers") Map<String, Object> header) {
        parse(JSON.writeValueAsBytes(header));
    }

    @Property(tries = 2_000)
    void bytesThatAreNoHeaderAreRefused(@ForAll byte[] bytes) {
        parse(bytes);
    }

    private static void parse(byte[] header) {
        try {
            long end = 0;
            for (SafeTensorsHeader.Entry entry : SafeTensorsHeader.parse("model.safetensors", header, 64).entries()) {
                assertThat(entry.begin()).as("no byte twice and none left out").isEqualTo(end);
                end = entry.end();
            }
            assertThat(end).isEqualTo(64);
        } catch (EngineException refused) {
            assertRefusal(refused);
        }
    }

    private static void assertRefusal(EngineException refused) {
        assertThat(refused.code()).isEqualTo(EngineException.Code.INVALID_MODEL);
        assertThat(refused.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(600);
    }

    private static void apply(Damage damage, ObjectNode root) {
        List<ObjectNode> objects = new ArrayList<>(List.of(root));
        for (JsonNode value : root.values()) {
            if (value instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        ObjectNode object = objects.get(damage.choice() % objects.size());
        List<String> keys = List.copyOf(object.propertyNames());
        if (keys.isEmpty()) {
            return;
        }
        String key = keys.get(damage.choice() / objects.size() % keys.size());
        if (damage.removes()) {
            object.remove(key);
        } else {
            object.set(key, JSON.valueToTree(damage.value()));
        }
    }

    @Provide
    Arbitrary<String> configs() {
        return Combinators.combine(Arbitraries.of(MODELS), Arbitraries.of("config.json", "config.alt.json"))
                .as((model, file) -> model + "/" + file);
    }

    @Provide
    Arbitrary<List<Damage>> damages() {
        return Combinators.combine(Arbitraries.integers().between(0, 10_000), Arbitraries.of(false, false, true),
                values()).as(Damage::new).list().ofMinSize(1).ofMaxSize(3);
    }

    @Provide
    Arbitrary<Map<String, Object>> headers() {
        Arbitrary<Object> longs = Arbitraries.of(0L, 1L, 2L, 4L, 8L, 16L, 32L, 64L, 65L, -1L, Long.MAX_VALUE,
                1L << 62, 1.5, "8", true);
        Arbitrary<Object> lists = Arbitraries.oneOf(longs.list().ofMaxSize(3).map(list -> (Object) list), values());
        Arbitrary<Object> types = Arbitraries.of("F32", "BF16", "F16", "I64", "F8_E4M3", "F128", "", 4, List.of());
        Arbitrary<Object> tensors = Combinators.combine(types, lists, lists)
                .as((type, shape, offsets) -> Map.of("dtype", type, "shape", shape, "data_offsets", offsets));
        Arbitrary<Object> whole = Arbitraries.just(
                Map.of("dtype", "F32", "shape", List.of(16), "data_offsets", List.of(0, 64)));
        return Arbitraries.maps(Arbitraries.of("a", "b", "c", "__metadata__"),
                Arbitraries.frequencyOf(Tuple.of(6, tensors), Tuple.of(2, whole),
                        Tuple.of(1, values())))
                .ofMaxSize(3);
    }

    private static Arbitrary<Object> values() {
        return Arbitraries.of(0, -1, 1, 2, 3, 7, 63, 96, 1 << 14, 1 << 28, Integer.MAX_VALUE, 1L << 40, -0.5, 0.3,
                1e300,
                1e-300, "", "text", "silu", "noaux_tc", "sigmoid", true, false, List.of(), List.of(1, 2), List.of("x"),
                List.of(1.0, 2.0, 3.0), Map.of(), Map.of("rope_type", "yarn", "factor", 4),
                Map.of("type", "longrope", "short_factor", List.of(1), "long_factor", List.of(2)));
    }

    private static String resource(String name) {
        try (InputStream file = BrokenFilesFuzzTest.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
