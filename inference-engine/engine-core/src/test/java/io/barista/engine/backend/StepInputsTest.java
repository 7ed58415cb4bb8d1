package io.barista.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepInputsTest {

    private final StepInputs inputs = new StepInputs(8, 4, 2);

    @Test
    void growsByTokensThatSeeNothingAndAreWrittenNowhere() {
        inputs.tokens = 1;
        inputs.sequences = 1;
        inputs.logitRows = 1;
        inputs.tokenIds[0] = 17;
        inputs.slots[0] = 5;
        inputs.queryStarts[1] = 1;
        inputs.contextLengths[0] = 6;

        inputs.padTo(4);

        assertThat(inputs.tokens).isEqualTo(4);
        assertThat(inputs.sequences).isEqualTo(4);
        assertThat(inputs.logitRows).isEqualTo(4);
        assertThat(inputs.tokenIds).startsWith(17, 0, 0, 0);
        assertThat(inputs.slots).startsWith(5, -1, -1, -1);
        assertThat(inputs.contextLengths).containsExactly(6, 0, 0, 0);
        assertThat(inputs.queryStarts).containsExactly(0, 1, 2, 3, 4);
        assertThat(inputs.logitIndices).startsWith(0, 1, 2, 3);
    }

    @Test
    void holdsNothingOfTheStepBeforeOnceCleared() {
        inputs.tokens = 3;
        inputs.sequences = 1;
        inputs.logitRows = 1;
        inputs.adapterTokens = 3;
        inputs.slots[0] = 5;
        inputs.contextLengths[0] = 3;
        inputs.queryStarts[1] = 3;

        inputs.clear();
        inputs.padTo(2);

        assertThat(inputs.tokens).isEqualTo(2);
        assertThat(inputs.adapterTokens).isZero();
        assertThat(inputs.slots).startsWith(-1, -1);
        assertThat(inputs.contextLengths).startsWith(0, 0);
        assertThat(inputs.queryStarts).startsWith(0, 1, 2);
    }
}
