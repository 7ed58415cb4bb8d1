package io.barista.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
import io.barista.engine.goldens.SharedGoldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTokenizerTest {

    private final HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(SharedGoldens.demoModel());

    @Test
    void readsItsOwnTextBack() {
        String text = "What is 12 + 7?  Ωμέγα 日本語 👩‍💻\n\ttab \"quoted\" \u0000 nul";

        int[] ids = tokenizer.encode(text, false);

        assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
    }

    @Test
    void recognisesAddedTokensInTheTextAndLeavesOutOnlySpecialOnes() {
        int[] ids = tokenizer.encode("<|im_start|><think>", false);

        assertThat(ids).containsExactly(2042, 2044);
        assertThat(tokenizer.decode(ids, false)).isEqualTo("<|im_start|><think>");
        assertThat(tokenizer.decode(ids, true)).isEqualTo("<think>");
    }

    @Test
    void knowsItsVocabulary() {
        assertThat(tokenizer.vocabSize()).isEqualTo(2048);
        assertThat(tokenizer.id("<|im_end|>")).hasValue(2043);
        assertThat(tokenizer.id("no such token")).isEmpty();
        assertThat(tokenizer.token(2043)).isEqualTo("<|im_end|>");
        assertThat(tokenizer.token(999_999)).isEmpty();
        assertThat(tokenizer.token(-1)).isEmpty();
        assertThat(tokenizer.isSpecial(2043)).isTrue();
        assertThat(tokenizer.isSpecial(2044)).isFalse();
    }

    @Test
    void replacesALoneSurrogateByOneReplacementCharacter() {
        assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db\uDE00", false), true)).isEqualTo("a\uFFFDb\uFFFD");
    }

    @Test
    void dropsIdsOutsideTheVocabularyWhenDecoding() {
        int[] ids = tokenizer.encode("ok", false);

        assertThat(tokenizer.decode(IntStream.concat(IntStream.of(1_000_000), IntStream.of(ids)).toArray(), true))
                .isEqualTo("ok");
    }

    @Test
    void ignoresTheTruncationThatAFileAsksFor(@TempDir Path folder) throws IOException {
        String asksForFour = Files.readString(SharedGoldens.demoModel().resolve("tokenizer.json"))
                .replaceFirst("\"truncation\":\\s*null",
                        "\"truncation\":{\"max_length\":4,\"strategy\":\"LongestFirst\",\"stride\":0,\"direction\":\"Right\"}");
        Files.writeString(folder.resolve("tokenizer.json"), asksForFour);

        assertThat(asksForFour).contains("\"max_length\":4");
        assertThat(HuggingFaceTokenizer.load(folder).encode("one two three four five six seven", false))
                .hasSizeGreaterThan(4);
    }

    @Test
    void givesTheSameIdsOnEveryThread() {
        List<String> texts = IntStream.range(0, 400).mapToObj(i -> "line " + i + " of é日👩‍💻 " + i * 31).toList();
        List<String> sequential = texts.stream().map(this::idsAndBack).toList();

        assertThat(texts.parallelStream().map(this::idsAndBack).toList()).isEqualTo(sequential);
    }

    @Test
    void saysWhichFileIsMissing(@TempDir Path folder) {
        assertThatThrownBy(() -> HuggingFaceTokenizer.load(folder))
                .isInstanceOfSatisfying(EngineException.class,
                        e -> assertThat(e.code()).isEqualTo(EngineException.Code.INVALID_MODEL))
                .hasMessageContaining("has no tokenizer.json");
    }

    @Test
    void saysWhatIsWrongWithABrokenFile(@TempDir Path folder) throws IOException {
        for (String broken : List.of("", "{", "[]", "{\"model\":{\"type\":\"BPE\"}}", "{\"version\":\"1.0\"}")) {
            Files.writeString(folder.resolve("tokenizer.json"), broken);
            assertThatThrownBy(() -> HuggingFaceTokenizer.load(folder))
                    .isInstanceOfSatisfying(EngineException.class,
                            e -> assertThat(e.code()).isEqualTo(EngineException.Code.INVALID_MODEL))
                    .hasMessageContaining("tokenizer.json cannot be read: ");
        }
    }

    private String idsAndBack(String text) {
        int[] ids = tokenizer.encode(text, true);
        return List.of(IntStream.of(ids).boxed().toList(), tokenizer.decode(ids, false)).toString();
    }
}
