package io.barista.engine.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BlockIndexTest {

    /** Against a map, with hashes that collide as often as they can. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void findsWhatWasAddedAndNothingElse(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int blocks) {
        Random random = new Random(seed);
        BlockIndex index = new BlockIndex(blocks);
        Map<Long, Block> expected = new HashMap<>();
        for (int step = 0; step < 300; step++) {
            long key = random.nextInt(3 * blocks);
            Block known = expected.get(key);
            if (known != null && random.nextBoolean()) {
                index.remove(known);
                expected.remove(key);
            } else if (known == null && expected.size() < blocks) {
                Block block = new Block(step);
                block.hashHigh = key;
                block.hashLow = key % 4 * 7;
                index.add(block);
                expected.put(key, block);
            }
            for (long any = 0; any < 3L * blocks; any++) {
                assertThat(index.find(any, any % 4 * 7)).isSameAs(expected.get(any));
            }
            assertThat(index.size()).isEqualTo(expected.size());
        }
    }
}
