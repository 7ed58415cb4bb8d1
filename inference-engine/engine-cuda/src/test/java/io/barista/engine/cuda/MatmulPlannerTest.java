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

    @Test
    void takesTheClearlyFastestOfThoseThatMayBeChosen() {
        double never = Double.POSITIVE_INFINITY;

        assertThat(MatmulPlanner.best(new double[]{1.00, 0.99, 0.97, 0.95})).isEqualTo(3);
        assertThat(MatmulPlanner.best(new double[]{1.00, 0.99, never})).isZero();
        assertThat(MatmulPlanner.best(new double[]{never, 1.20, 1.10})).isEqualTo(2);
        assertThat(MatmulPlanner.best(new double[]{never, never})).isZero();
    }
}
