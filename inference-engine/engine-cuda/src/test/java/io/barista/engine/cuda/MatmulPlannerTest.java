package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MatmulPlannerTest {

    @Test
    void timesWithNoMoreRowsThanThereIsMemoryForAndNoFewerThanHalfOfThem() {
        for (int rows = 1; rows <= 20_000; rows++) {
            assertThat(MatmulPlanner.timedRows(rows)).isBetween((rows + 1) / 2, rows);
        }
    }

    @Test
    void timesEverySizeOfARecordedStepByItself() {
        for (int size : StepGraphs.sizes(512)) {
            assertThat(MatmulPlanner.timedRows(size)).isEqualTo(size);
        }
    }
}
