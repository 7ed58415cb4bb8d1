package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    private static final long GIB = 1L << 30;

    @Test
    void whatOthersUseCountsAgainstTheShare() {
        MemoryBudget budget = new MemoryBudget(0.5);

        assertThat(budget.freeBytes(new Driver.Memory(100 * GIB, 100 * GIB))).isEqualTo(50 * GIB - GIB / 2);
        assertThat(budget.freeBytes(new Driver.Memory(70 * GIB, 100 * GIB))).isEqualTo(20 * GIB - GIB / 2);
    }

    @Test
    void saysHowMuchIsMissingWhereTheShareIsUsedUp() {
        assertThat(new MemoryBudget(0.5).freeBytes(new Driver.Memory(40 * GIB, 100 * GIB)))
                .isEqualTo(-10 * GIB - GIB / 2);
    }
}
