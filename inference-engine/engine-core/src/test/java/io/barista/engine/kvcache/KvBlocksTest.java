package io.barista.engine.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KvBlocksTest {

    private static final int BLOCK = 4;

    private final KvBlocks blocks = new KvBlocks(8, BLOCK, true, 42);

    @AfterEach
    void nothingIsLost() {
        blocks.checkInvariants();
    }

    @Test
    void givesRoomForAllTokensRoundedUp() {
        BlockTable table = blocks.newTable();

        assertThat(blocks.admit(table, tokens(0, 9), 9, true)).isZero();

        assertThat(table.size()).isEqualTo(3);
        assertThat(blocks.free()).isEqualTo(5);
        assertThat(table.slot(5)).isEqualTo(table.number(1) * BLOCK + 1);
    }

    @Test
    void refusesWithoutTakingAnythingWhenTooFewBlocksAreFree() {
        assertThat(blocks.admit(blocks.newTable(), tokens(0, 24), 24, true)).isZero();
        BlockTable second = blocks.newTable();

        assertThat(blocks.admit(second, tokens(100, 9), 9, true)).isEqualTo(-1);

        assertThat(second.size()).isZero();
        assertThat(blocks.free()).isEqualTo(2);
        assertThat(blocks.admit(second, tokens(100, 8), 8, true)).isZero();
        assertThat(blocks.grow(second, 9)).isFalse();
        assertThat(second.size()).isEqualTo(2);
    }

    @Test
    void sharesPublishedBlocksOfTheSamePrefixWhileTheyAreHeld() {
        BlockTable first = computed(tokens(0, 10));
        BlockTable second = blocks.newTable();

        int cached = blocks.admit(second, tokens(0, 10), 10, true);

        assertThat(cached).isEqualTo(8);
        assertThat(second.number(0)).isEqualTo(first.number(0));
        assertThat(second.number(1)).isEqualTo(first.number(1));
        assertThat(second.number(2)).isNotEqualTo(first.number(2));
        assertThat(blocks.free()).isEqualTo(4);
    }

    @Test
    void sharesPublishedBlocksOfASequenceThatIsGone() {
        blocks.release(computed(tokens(0, 8)));
        assertThat(blocks.free()).isEqualTo(8);

        assertThat(blocks.admit(blocks.newTable(), tokens(0, 9), 9, true)).isEqualTo(8);
        assertThat(blocks.free()).isEqualTo(5);
    }

    @Test
    void neverSharesTheLastTokenOfAPrompt() {
        computed(tokens(0, 8));

        assertThat(blocks.admit(blocks.newTable(), tokens(0, 8), 8, true)).isEqualTo(4);
    }

    @Test
    void sharesNothingBehindADifferentBeginning() {
        int[] other = tokens(0, 9);
        other[0] = 99;
        computed(tokens(0, 9));

        assertThat(blocks.admit(blocks.newTable(), other, 9, true)).isZero();
    }

    @Test
    void sharesNothingThatWasNotComputed() {
        BlockTable half = blocks.newTable();
        blocks.admit(half, tokens(0, 12), 12, true);
        blocks.publish(half, tokens(0, 12), 7);

        assertThat(blocks.admit(blocks.newTable(), tokens(0, 12), 12, true)).isEqualTo(4);
    }

    @Test
    void forgetsTheLeastRecentlyUsedPrefixFirstAndItsEndBeforeItsBeginning() {
        blocks.release(computed(tokens(0, 8)));
        blocks.release(computed(tokens(100, 8)));
        // Four blocks are free and empty, four cached: this takes the empty ones and the end of the older prefix.
        blocks.admit(blocks.newTable(), tokens(200, 20), 20, true);

        assertThat(blocks.admit(blocks.newTable(), tokens(0, 5), 5, true)).isEqualTo(4);
        BlockTable newer = blocks.newTable();
        assertThat(blocks.admit(newer, tokens(100, 8), 8, true)).isEqualTo(-1);
    }

    @Test
    void keepsABlockUntilItsLastHolderLetsGo() {
        BlockTable first = computed(tokens(0, 9));
        BlockTable second = blocks.newTable();
        blocks.admit(second, tokens(0, 9), 9, true);

        blocks.release(first);
        assertThat(blocks.free()).isEqualTo(5);
        blocks.release(second);
        blocks.release(second);
        assertThat(blocks.free()).isEqualTo(8);
    }

    @Test
    void sharesNothingWhenPrefixCachingIsOff() {
        KvBlocks plain = new KvBlocks(8, BLOCK, false, 42);
        BlockTable first = plain.newTable();
        plain.admit(first, tokens(0, 9), 9, true);
        plain.publish(first, tokens(0, 9), 9);

        assertThat(plain.admit(plain.newTable(), tokens(0, 9), 9, true)).isZero();
    }

    private BlockTable computed(int[] tokens) {
        BlockTable table = blocks.newTable();
        assertThat(blocks.admit(table, tokens, tokens.length, true)).isZero();
        blocks.publish(table, tokens, tokens.length);
        return table;
    }

    private static int[] tokens(int first, int count) {
        return IntStream.range(first, first + count).toArray();
    }
}
