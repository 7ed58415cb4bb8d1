package io.barista.engine.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.kvcache.PrefixScope.Medium;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who may begin with whose blocks. */
class PrefixScopeTest {

    private static final int[] TOKENS = IntStream.range(0, 13).toArray();

    private final KvBlocks blocks = new KvBlocks(32, 4, true, 42);

    @Test
    void requestsOfOneSaltShareAndOthersDoNot() {
        compute(PrefixScope.ofText(null, "tenant"));

        assertThat(hits(PrefixScope.ofText(null, "tenant"))).isEqualTo(12);
        assertThat(hits(PrefixScope.ofText(null, "other"))).isZero();
        assertThat(hits(PrefixScope.PLAIN)).isZero();
    }

    @Test
    void adaptersAreNoSalts() {
        compute(new PrefixScope("a", null, List.of()));

        assertThat(hits(new PrefixScope("a", null, List.of()))).isEqualTo(12);
        assertThat(hits(new PrefixScope(null, "a", List.of()))).isZero();
        assertThat(hits(new PrefixScope("b", null, List.of()))).isZero();
        assertThat(hits(PrefixScope.PLAIN)).isZero();
    }

    @Test
    void promptsShareUpToTheFirstMediumThatDiffers() {
        compute(media(new Medium("cat", 6, 3)));

        assertThat(hits(media(new Medium("cat", 6, 3)))).isEqualTo(12);
        assertThat(hits(media(new Medium("dog", 6, 3)))).isEqualTo(4);
        assertThat(hits(media(new Medium("cat", 5, 3)))).isEqualTo(4);
        assertThat(hits(PrefixScope.PLAIN)).isEqualTo(4);
    }

    @Test
    void withoutPrefixCachingOnlySamplesOfOneRequestShare() {
        KvBlocks plain = new KvBlocks(32, 4, false, 42);
        List<BlockTable> samples = plain.newTables(PrefixScope.PLAIN, 2);
        plain.admit(samples.getFirst(), TOKENS, TOKENS.length, true);
        plain.publish(samples.getFirst(), TOKENS, TOKENS.length);

        assertThat(plain.admit(samples.getLast(), TOKENS, TOKENS.length, true)).isEqualTo(12);
        assertThat(plain.references(samples.getFirst().number(0))).isEqualTo(2);
        assertThat(plain.admit(plain.newTables(PrefixScope.PLAIN, 2).getFirst(), TOKENS, TOKENS.length, true)).isZero();
        assertThat(plain.admit(plain.newTable(), TOKENS, TOKENS.length, true)).isZero();
        plain.checkInvariants();
    }

    @Test
    void aSuccessorBeginsWithTheBlocksOfWhatItContinues() {
        BlockTable first = compute(PrefixScope.ofText(null, "s"));
        BlockTable successor = blocks.successor(first);
        blocks.release(first);

        assertThat(blocks.admit(successor, TOKENS, TOKENS.length, true)).isEqualTo(12);
    }

    @Test
    void whoMayNotReuseIsStillFoundByOthers() {
        compute(PrefixScope.PLAIN);
        BlockTable own = blocks.newTable();

        assertThat(blocks.admit(own, TOKENS, TOKENS.length, false)).isZero();
        blocks.publish(own, TOKENS, TOKENS.length);
        assertThat(hits(PrefixScope.PLAIN)).isEqualTo(12);
        blocks.checkInvariants();
    }

    private static PrefixScope media(Medium... media) {
        return new PrefixScope(null, null, List.of(media));
    }

    private BlockTable compute(PrefixScope scope) {
        BlockTable table = blocks.newTables(scope, 1).getFirst();
        blocks.admit(table, TOKENS, TOKENS.length, true);
        blocks.publish(table, TOKENS, TOKENS.length);
        return table;
    }

    private int hits(PrefixScope scope) {
        BlockTable table = blocks.newTables(scope, 1).getFirst();
        int hits = blocks.admit(table, TOKENS, TOKENS.length, true);
        blocks.release(table);
        return hits;
    }
}
