package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.KvCache;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written down for one launch, without a device. */
class StepRecordingTest {

    private static final int BLOCKS = 132;
    private static final int HIDDEN = 896;
    private static final AttentionSpec ATTENTION = new AttentionSpec(14, 2, 64, 0.125f, 0, 0);
    private static final CudaRopeTable ROPE = new CudaRopeTable(64, 64, 900);

    private static final long RESIDUAL = 1;
    private static final long QUERIES = 2;
    private static final long ATTENDED = 3;
    private static final long INNER = 4;
    private static final long CHOSEN = 5;
    private static final long LOGITS = 6;

    private final StepRecording recording = new StepRecording(1, BLOCKS);

    @Test
    void everyOperationReadsWhatTheOneBeforeWrote() {
        layer(recording, ATTENTION, cache(false));

        List<StepOperation> operations = recording.operations();
        assertThat(operations).extracting(StepOperation::kind).containsExactly(StepOperation.Kind.EMBED,
                StepOperation.Kind.LINEAR, StepOperation.Kind.ATTEND, StepOperation.Kind.ADD, StepOperation.Kind.GATED,
                StepOperation.Kind.ADD, StepOperation.Kind.LOGITS);
        for (int i = 1; i < operations.size(); i++) {
            assertThat(operations.get(i).source()).isEqualTo(operations.get(i - 1).target());
        }
    }

    @Test
    void sumsKnowWhoWroteWhatTheyAddTo() {
        layer(recording, ATTENTION, cache(false));

        assertThat(recording.operations().get(3).addend()).isZero();
        assertThat(recording.operations().get(5).addend()).isEqualTo(3);
    }

    @Test
    void blocksTakeTilesInTurnAcrossOperations() {
        layer(recording, ATTENTION, cache(false));

        List<StepOperation> operations = recording.operations();
        for (int i = 1; i < operations.size(); i++) {
            StepOperation before = operations.get(i - 1);
            assertThat(operations.get(i).first()).isEqualTo((before.first() + before.tiles()) % BLOCKS);
        }
    }

    @Test
    void tilesAreHalvedWhereTheyAreTooFewForAllBlocks() {
        assertThat(StepOperation.tiles(StepOperation.Kind.ADD, 896, BLOCKS)).isEqualTo(112);
        assertThat(StepOperation.tiles(StepOperation.Kind.LINEAR, 6_144, BLOCKS)).isEqualTo(384);
        assertThat(StepOperation.tiles(StepOperation.Kind.GATED, 28_672, BLOCKS)).isEqualTo(1_792);
    }

    @Test
    void placesOfBuffersDoNotOverlap() {
        layer(recording, ATTENTION, cache(false));

        List<Integer> places = recording.operations().subList(0, 6).stream().map(StepOperation::target).distinct()
                .sorted().toList();
        assertThat(places).hasSize(4).doesNotContain(recording.partials());
        assertThat(recording.words()).isGreaterThanOrEqualTo(
                (HIDDEN + ATTENTION.qkvWidth() + ATTENTION.queryWidth() + 4_864) / 2);
    }

    @Test
    void isWrittenInTheKernelsLayout() {
        layer(recording, ATTENTION, cache(false));

        ByteBuffer bytes = recording.bytes();
        assertThat(bytes.remaining()).isEqualTo(7 * StepOperation.BYTES);
        int gated = 4 * StepOperation.BYTES;
        assertThat(bytes.getInt(gated + 32)).isEqualTo(StepOperation.Kind.GATED.ordinal());
        assertThat(bytes.getInt(gated + 68)).as("columns of a tile").isEqualTo(8);
        assertThat(bytes.getInt(gated + 72)).as("from a gate to its up").isEqualTo(4_864);
        assertThat(bytes.getInt(gated + 76)).as("columns").isEqualTo(4_864);
    }

    @Test
    void doesNotTakeACacheOfFp8() {
        assertThatThrownBy(() -> layer(recording, ATTENTION, cache(true))).isInstanceOf(NotRecorded.class)
                .hasMessageContaining("fp8");
    }

    @Test
    void doesNotTakeLayersWhoseHeadsDiffer() {
        layer(recording, ATTENTION, cache(false));

        assertThatThrownBy(() -> attend(recording, new AttentionSpec(14, 2, 64, 0.25f, 0, 0), cache(false)))
                .isInstanceOf(NotRecorded.class);
    }

    @Test
    void takesLayersWhoseWindowsDiffer() {
        layer(recording, ATTENTION, cache(false));
        attend(recording, new AttentionSpec(14, 2, 64, 0.125f, 512, 0), cache(false));

        assertThat(recording.operations().getLast().detail()).isEqualTo(512);
    }

    @Test
    void doesNotTakeAnOperationThatReadsSomethingElse() {
        layer(recording, ATTENTION, cache(false));

        assertThatThrownBy(() -> recording.product(StepOperation.Kind.ADD, matrix(HIDDEN, 4_864), null, null, 0, INNER,
                RESIDUAL)).isInstanceOf(NotRecorded.class).hasMessageContaining("something else");
    }

    @Test
    void aContextIsNotSplitAmongMoreBlocksThanThereAre() {
        StepRecording four = new StepRecording(4, BLOCKS);
        layer(four, new AttentionSpec(32, 16, 64, 0.125f, 0, 0), cache(false, 16));

        assertThat(4 * 16 * four.splits()).isLessThanOrEqualTo(BLOCKS);
    }

    private static void layer(StepRecording recording, AttentionSpec attention, CudaKvCache cache) {
        recording.eps(1e-6f);
        recording.embed(matrix(1_000, HIDDEN), 1, RESIDUAL);
        attend(recording, attention, cache);
        recording.product(StepOperation.Kind.ADD, matrix(HIDDEN, attention.queryWidth()), null, null, 0, ATTENDED,
                RESIDUAL);
        recording.product(StepOperation.Kind.GATED, matrix(9_728, HIDDEN), null, vector(HIDDEN), 0, RESIDUAL, INNER);
        recording.product(StepOperation.Kind.ADD, matrix(HIDDEN, 4_864), null, null, 0, INNER, RESIDUAL);
        recording.gather(RESIDUAL, CHOSEN);
        recording.logits(matrix(1_000, HIDDEN), null, vector(HIDDEN), CHOSEN, LOGITS);
    }

    private static void attend(StepRecording recording, AttentionSpec attention, CudaKvCache cache) {
        if (recording.operations().size() > 1) {
            recording.embed(matrix(1_000, HIDDEN), 1, RESIDUAL);
        }
        recording.product(StepOperation.Kind.LINEAR, matrix(attention.qkvWidth(), HIDDEN), null, vector(HIDDEN), 0,
                RESIDUAL, QUERIES);
        recording.heads(new HeadsInCache(attention, ROPE, null, null, 1e-6f, cache, 0));
        recording.attend(QUERIES, attention, cache, 0, ATTENDED);
    }

    private static CudaMatrix matrix(int outputs, int inputs) {
        return new CudaMatrix("w", outputs, inputs, 4_096, new MatmulShape(outputs, inputs));
    }

    private static CudaVector vector(int elements) {
        return new CudaVector("norm", elements, 8_192, 8_192);
    }

    private static CudaKvCache cache(boolean fp8) {
        return cache(fp8, 2);
    }

    private static CudaKvCache cache(boolean fp8, int kvHeads) {
        return new CudaKvCache(new KvCache.Shape(1, 16, 16, kvHeads, 64), 1 << 20, 1 << 16, fp8, null,
                null);
    }
}
