package io.barista.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.BackendChoice;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.TensorOps;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackendSelectionTest {

    private static final Backend BROKEN_CUDA = new Named("cuda", Optional.of("no driver"));
    private static final Backend CPU = new Named("cpu", Optional.empty());

    @Test
    void autoTakesTheFirstThatCanRunAndRemembersWhyNotABetterOne() {
        BackendSelection selection = BackendSelection.choose(BackendChoice.AUTO, List.of(BROKEN_CUDA, CPU));

        assertThat(selection.backend()).isSameAs(CPU);
        assertThat(selection.refused()).containsEntry("cuda", "no driver");
    }

    @Test
    void whatIsAskedForAndCannotRunIsAnErrorWithTheReason() {
        assertThatThrownBy(() -> BackendSelection.choose(BackendChoice.CUDA, List.of(BROKEN_CUDA, CPU)))
                .isInstanceOf(EngineException.class).hasMessageContaining("no driver");
    }

    @Test
    void whatIsAskedForAndNotBuiltInIsAnErrorThatNamesWhatIs() {
        assertThatThrownBy(() -> BackendSelection.choose(BackendChoice.CUDA, List.of(CPU)))
                .isInstanceOf(EngineException.class).hasMessageContaining("has only cpu");
    }

    private record Named(String name, Optional<String> refusal) implements Backend {

        @Override
        public TensorOps open(Options options) {
            throw new AssertionError("only chosen, never opened");
        }
    }
}
