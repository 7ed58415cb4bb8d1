package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentAttentionSpec.Pairs;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What launches ask of a multiprocessor, which refuses one that asks for more than it has. */
class SharedMemoryTest {

    /** What a block may ask for on Hopper, beside what its kernel declares. */
    private static final int MOST = 226 << 10;
    private static final int A100 = 162 << 10;
    private static final int L4 = 98 << 10;

    @ParameterizedTest
    @ValueSource(ints = {32, 896, 4_096, 6_144, 14_336})
    void rowsOfQuantizedProductsFit(int inputs) {
        for (PackedWeights w : quantized(inputs)) {
            int rows = QuantizedGemv.rowsPerLaunch(w, MOST);

            assertThat(rows).as("%s", w).isBetween(1, 8);
            assertThat(QuantizedGemv.sharedBytes(w, rows, MOST)).as("%s", w).isLessThanOrEqualTo(MOST);
        }
    }

    @Test
    void inputsThatNoRowFitsWithAreLeftToTheOtherWay() {
        for (PackedWeights w : quantized(1 << 17)) {
            assertThat(QuantizedGemv.rowsPerLaunch(w, MOST)).as("%s", w).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 17, 32, 33, 64})
    void tilesOfQuantizedProductsFit(int rows) {
        for (PackedWeights w : quantized(4_096)) {
            assertThat(QuantizedTiles.sharedBytes(w.kind(), w.span(), rows, MOST)).as("%s", w)
                    .isLessThanOrEqualTo(MOST);
        }
    }

    /** The sums of splits lie where a matrix is written out. */
    @ParameterizedTest
    @ValueSource(ints = {32, 128, 896, 4_096, 14_336})
    void sumsOfSplitsTakeNoMoreThanTheMatrix(int inputs) {
        for (int outputs : new int[]{8, 256, 4_096, 28_672}) {
            int splits = QuantizedTiles.splits(outputs, inputs, 132);

            assertThat(splits).isPositive();
            assertThat(splits == 1 ? 0 : splits * 64L * outputs * Float.BYTES)
                    .isLessThanOrEqualTo(2L * outputs * inputs);
        }
    }

    private static List<PackedWeights> quantized(int inputs) {
        return Stream.of(WeightKind.INT4, WeightKind.INT8, WeightKind.FP8)
                .flatMap(kind -> IntStream.of(32, 64, 96, 128, inputs)
                        .mapToObj(group -> new PackedWeights(1, 8, inputs, kind, group, 1, 1, 1, 0)))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void expertsFit(WeightKind kind) {
        assertThat(GroupedMatmul.sharedBytes(kind)).isLessThanOrEqualTo(MOST);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64, 80, 96, 128, 256})
    void attentionFits(int headDim) {
        for (boolean fp8 : new boolean[]{false, true}) {
            assertThat(PagedAttention.fits(headDim, fp8, MOST)).isTrue();
            assertThat(PagedAttention.fits(headDim, fp8, A100)).isTrue();
            assertThat(PagedAttention.fits(headDim, fp8, L4)).isEqualTo(headDim <= 128);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {MOST, A100, L4, 48 << 10})
    void productsOfFewRowsAskForNoMoreThanThereIs(int most) {
        for (int inputs : new int[]{32, 896, 4_096, 14_336, 1 << 17}) {
            for (int rows = 1; rows <= 9; rows++) {
                if (Gemv.takes(rows, inputs, most)) {
                    assertThat(Gemv.Form.of(rows, inputs, most).sharedBytes(rows, inputs)).isLessThanOrEqualTo(most);
                }
                if (Gemv.takesNorm(rows, inputs, most)) {
                    assertThat(Gemv.Form.toCache(rows).sharedBytes(rows, inputs)).isLessThanOrEqualTo(most);
                }
            }
            for (PackedWeights w : quantized(inputs)) {
                int rows = QuantizedGemv.rowsPerLaunch(w, most);
                assertThat(rows).isBetween(0, 8);
                assertThat(rows == 0 ? 0 : QuantizedGemv.sharedBytes(w, rows, most)).isLessThanOrEqualTo(most);
            }
        }
    }

    @Test
    void productsOfFewRowsAreOursWhereTheyFit() {
        assertThat(Gemv.takes(1, 4_096, MOST)).isTrue();
        assertThat(Gemv.takesNorm(8, 4_096, MOST)).isTrue();
        assertThat(Gemv.Form.of(1, 4_096, MOST)).isEqualTo(Gemv.Form.SINGLE);
        assertThat(Gemv.takes(1, 14_336, A100)).isTrue();
        assertThat(Gemv.Form.of(1, 14_336, A100)).isEqualTo(Gemv.Form.SEVERAL);
        assertThat(Gemv.takes(9, 4_096, MOST)).isFalse();
        assertThat(Gemv.takes(1, 4_096, L4)).isFalse();
    }

    @Test
    void latentsOfDeepSeekFitAndWiderOnesAreLeftToThePlainKernel() {
        LatentAttentionSpec deepSeek = new LatentAttentionSpec(128, 512, 128, 64, 128, 1, Pairs.NEIGHBOURS);
        LatentAttentionSpec wide = new LatentAttentionSpec(16, 1_024, 128, 64, 128, 1, Pairs.NEIGHBOURS);
        LatentAttentionSpec narrow = new LatentAttentionSpec(4, 32, 16, 8, 12, 1, Pairs.NEIGHBOURS);

        assertThat(LatentTiles.takes(deepSeek, Element.BFLOAT16, MOST)).isTrue();
        assertThat(LatentTiles.takes(deepSeek, Element.FLOAT32, MOST)).isFalse();
        assertThat(LatentTiles.takes(wide, Element.BFLOAT16, MOST)).isFalse();
        assertThat(LatentTiles.takes(narrow, Element.BFLOAT16, MOST)).isFalse();
    }
}
