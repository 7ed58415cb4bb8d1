package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void everyRowIsInOneTileOfItsSlotOrOfTheBaseModel(int rows, int slots) {
        Random random = new Random(rows);
        AdapterTiles tiles = new AdapterTiles(slots);
        int[] slotOf = IntStream.range(0, rows).map(_ -> random.nextInt(slots + 1) - 1).toArray();

        tiles.arrange(slotOf, rows);

        List<Integer> seen = new ArrayList<>();
        for (int at = 0; at < tiles.ints(rows); at += 4) {
            int count = tiles.tiles()[at + 3];
            assertThat(count).isBetween(0, AdapterTiles.tileRows(rows));
            for (int i = 0; i < count; i++) {
                int row = tiles.order()[tiles.tiles()[at + 1] + i];
                boolean ofBase = slotOf[row] < 0;
                assertThat(tiles.tiles()[at + 2]).as("rows with an adapter beside row %d", row)
                        .isEqualTo(ofBase ? 0 : count);
                assertThat(ofBase ? -1 : tiles.tiles()[at]).as("slot of row %d", row).isEqualTo(slotOf[row]);
                seen.add(row);
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(IntStream.range(0, rows).boxed().toList());
    }

    @Test
    void equallyManyRowsHaveAsManyTilesWhateverTheirAdapters() {
        AdapterTiles tiles = new AdapterTiles(4);
        tiles.arrange(new int[]{0, 1, 2, 3, 0, 1, 2, 3}, 8);

        tiles.arrange(new int[]{-1, -1, -1, -1, -1, 2, -1, -1}, 8);

        assertThat(tiles.count(8)).isEqualTo(5);
        assertThat(tiles.tiles()).startsWith(2, 0, 1, 1, 0, 1, 0, 7).hasSizeGreaterThanOrEqualTo(tiles.ints(8));
        assertThat(IntStream.range(8, tiles.ints(8)).map(at -> tiles.tiles()[at])).containsOnly(0);
    }

    @Test
    void refusesSlotsThatThereAreNot() {
        assertThatThrownBy(() -> new AdapterTiles(2).arrange(new int[]{0, 2}, 2))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("row 1 names slot 2 of 2");
    }
}
