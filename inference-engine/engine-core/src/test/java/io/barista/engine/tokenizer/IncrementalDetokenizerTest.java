package io.barista.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.goldens.SharedGoldens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class IncrementalDetokenizerTest {

    private final Tokenizer byteLevel = HuggingFaceTokenizer.load(SharedGoldens.demoModel());
    private final Tokenizer sentencePiece = HuggingFaceTokenizer
            .load(Path.of("src/test/resources/tokenizers/sentencepiece"));

    @Property(tries = 300)
    void pieceByPieceIsTheWholeForAnyIdsOfAByteLevelVocabulary(
            @ForAll @Size(max = 80) List<@IntRange(max = 2047) Integer> ids, @ForAll boolean skipSpecialTokens) {
        assertThat(String.join("", pieces(byteLevel, ints(ids), skipSpecialTokens)))
                .isEqualTo(byteLevel.decode(ints(ids), skipSpecialTokens));
    }

    @Property(tries = 300)
    void pieceByPieceIsTheWholeForAnyTextInSentencePieceStyle(@ForAll @StringLength(max = 40) String text,
            @ForAll boolean skipSpecialTokens) {
        int[] ids = sentencePiece.encode(text, true);

        assertThat(String.join("", pieces(sentencePiece, ids, skipSpecialTokens)))
                .isEqualTo(sentencePiece.decode(ids, skipSpecialTokens));
    }

    @Test
    void holdsACharacterBackUntilItIsWhole() {
        assertThat(pieces(sentencePiece, ids("a", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>", "b"), true))
                .containsExactly("a", "", "", "", "😀", "b", "");
    }

    @Test
    void givesWhatIsWholeOfATokenThatEndsInsideACharacter() {
        Tokenizer split = new ByteTokens("ab\u00E3", "\u0081\u0082\u00E3", "\u0081\u0084c");

        assertThat(pieces(split, new int[]{0, 1, 2}, true)).containsExactly("ab", "あ", "いc", "");
    }

    @Test
    void keepsTheSpaceBeforeAWordThatFollowsASkippedToken() {
        int[] ids = ids("▁m", "</s>", "▁b");

        assertThat(pieces(sentencePiece, ids, true)).containsExactly("m", "", " b", "");
        assertThat(pieces(sentencePiece, ids, false)).containsExactly("m", "</s>", " b", "");
    }

    @Test
    void ignoresIdsThatTheVocabularyDoesNotHave() {
        assertThat(pieces(sentencePiece, new int[]{9_999, sentencePiece.id("▁m").getAsInt(), 9_999,
            sentencePiece.id("▁b").getAsInt()}, true)).containsExactly("", "m", "", " b", "");
    }

    @Test
    void doesNotHoldInvalidBytesBackForever() {
        int[] ids = IntStream.generate(() -> byteLevel.id("ã").getAsInt()).limit(400).toArray();
        List<String> pieces = pieces(byteLevel, ids, true);

        assertThat(String.join("", pieces)).isEqualTo(byteLevel.decode(ids, true));
        assertThat(String.join("", pieces.subList(0, 100))).hasSizeGreaterThan(80);
    }

    @Test
    void decodesOnlyAFewIdsAtATimeHoweverLongTheText() {
        CountingTokenizer counting = new CountingTokenizer(byteLevel);
        int[] ids = byteLevel.encode("The café at 12 o'clock, 日本語 and 👩‍💻. ".repeat(200), false);

        pieces(counting, ids, true);

        assertThat(counting.largest).isLessThanOrEqualTo(16);
        assertThat(counting.decoded).isLessThan(12L * ids.length);
    }

    @Test
    void startsAnewAfterFlush() {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(sentencePiece, true);
        detokenizer.append(sentencePiece.id("<0xF0>").getAsInt());

        assertThat(detokenizer.flush()).isEqualTo("\uFFFD");
        assertThat(detokenizer.append(sentencePiece.id("▁b").getAsInt())).isEqualTo("b");
    }

    /** One piece for each id, and the flushed rest. */
    private static List<String> pieces(Tokenizer tokenizer, int[] ids, boolean skipSpecialTokens) {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokenizer, skipSpecialTokens);
        List<String> pieces = new ArrayList<>();
        IntStream.of(ids).mapToObj(detokenizer::append).forEach(pieces::add);
        pieces.add(detokenizer.flush());
        return pieces;
    }

    private int[] ids(String... tokens) {
        return List.of(tokens).stream().mapToInt(token -> sentencePiece.id(token).getAsInt()).toArray();
    }

    private static int[] ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
