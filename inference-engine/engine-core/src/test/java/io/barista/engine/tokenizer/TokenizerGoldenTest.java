package io.barista.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.goldens.SharedGoldens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.XZInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Full-size vocabularies: ids and text exactly as Hugging Face's, at once and token by token. */
class TokenizerGoldenTest {

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "llama2-spm"})
    void agreesWithTheReference(String name) throws IOException {
        Path folder = SharedGoldens.folder("tokenizers").resolve(name);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.parse(unpack(folder.resolve("tokenizer.json.xz")));
        JsonNode cases = JsonMapper.shared().readTree(Files.readString(folder.resolve("golden.json"))).get("cases");

        assertThat(cases.size()).isGreaterThan(100);
        SoftAssertions all = new SoftAssertions();
        for (JsonNode golden : cases) {
            check(tokenizer, golden, all);
        }
        all.assertAll();
    }

    private static void check(Tokenizer tokenizer, JsonNode golden, SoftAssertions all) {
        String text = golden.get("text").asString();
        int[] ids = ints(golden.get("ids"));
        int[] withSpecial = golden.has("ids_with_special") ? ints(golden.get("ids_with_special")) : ids;
        String decoded = golden.path("decoded").asString(text);
        String withoutSpecial = golden.path("decoded_skip_special").asString(text);

        all.assertThat(tokenizer.encode(text, false)).as("ids of <%s>", text).isEqualTo(ids);
        all.assertThat(tokenizer.encode(text, true)).as("ids with special of <%s>", text).isEqualTo(withSpecial);
        all.assertThat(tokenizer.decode(ids, false)).isEqualTo(decoded);
        all.assertThat(tokenizer.decode(withSpecial, true)).isEqualTo(withoutSpecial);
        all.assertThat(streamed(tokenizer, ids, false)).isEqualTo(decoded);
        all.assertThat(streamed(tokenizer, withSpecial, true)).isEqualTo(withoutSpecial);
    }

    private static String streamed(Tokenizer tokenizer, int[] ids, boolean skipSpecialTokens) {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokenizer, skipSpecialTokens);
        StringBuilder text = new StringBuilder();
        IntStream.of(ids).mapToObj(detokenizer::append).forEach(text::append);
        return text.append(detokenizer.flush()).toString();
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    private static String unpack(Path file) throws IOException {
        try (XZInputStream in = new XZInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
