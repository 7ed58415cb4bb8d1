package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.backend.StepInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterTilesTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 16", "7, 3", "16, 16", "33, 4", "64, 16", "256, 64", "257, 2", "2000, 16"})
    void everyRowWithAnAdapterIsInOneTileOfItsSlot(int rows, int slots) {
        Random random = new Random(rows);
        AdapterTiles tiles = new AdapterTiles(slots);
        StepInputs inputs = step(IntStream.range(0, rows).map(_ -> random.nextInt(slots + 1) - 1).toArray());

        tiles.arrange(inputs);

        List<Integer> seen = new ArrayList<>();
        for (int at = 0; at < tiles.ints(rows); at += 4) {
            int count = tiles.tiles()[at + 2];
            assertThat(count).isBetween(0, AdapterTiles.tileRows(rows));
            for (int i = 0; i < count; i++) {
                int row = tiles.order()[tiles.tiles()[at + 1] + i];
                assertThat(inputs.adapterSlots[row]).as("slot of row %d", row).isEqualTo(tiles.tiles()[at]);
                seen.add(row);
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, rows).filter(row -> inputs.adapterSlots[row] >= 0).boxed().toList());
    }

    @Test
    void stepsOfOneSizeHaveAsManyTilesWhateverTheirAdapters() {
        AdapterTiles tiles = new AdapterTiles(4);
        tiles.arrange(step(0, 1, 2, 3, 0, 1, 2, 3));

        tiles.arrange(step(-1, -1, -1, -1, -1, 2, -1, -1));

        assertThat(tiles.count(8)).isEqualTo(5);
        assertThat(tiles.tiles()).startsWith(2, 0, 1, 0, 0, 0, 0, 0).hasSizeGreaterThanOrEqualTo(tiles.ints(8));
        assertThat(IntStream.range(4, tiles.ints(8)).map(at -> tiles.tiles()[at])).containsOnly(0);
    }

    @Test
    void refusesSlotsThatThereAreNot() {
        assertThatThrownBy(() -> new AdapterTiles(2).arrange(step(0, 2)))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("row 1 names slot 2 of 2");
    }

    private static StepInputs step(int... slots) {
        StepInputs inputs = new StepInputs(slots.length, slots.length, 1);
        inputs.tokens = slots.length;
        System.arraycopy(slots, 0, inputs.adapterSlots, 0, slots.length);
        return inputs;
    }
}
