package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepGraphsTest {

    @Test
    void recordsSmallSizesCloselyAndLargeOnesSparsely() {
        assertThat(StepGraphs.sizes(40)).containsExactly(1, 2, 4, 8, 16, 24, 32, 40);
        assertThat(StepGraphs.sizes(300)).contains(248, 256, 272, 288, 300).doesNotContain(264);
        assertThat(StepGraphs.sizes(5_000)).endsWith(512);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 100, 256, 257, 511, 512, 513})
    void theVeryMostIsASizeAndNoneIsLarger(int most) {
        int[] sizes = StepGraphs.sizes(most);

        assertThat(sizes).isSorted().doesNotHaveDuplicates().endsWith(Math.min(most, 512));
        assertThat(Arrays.stream(sizes).min()).hasValue(1);
    }
}
