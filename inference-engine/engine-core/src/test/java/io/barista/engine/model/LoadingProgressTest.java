package io.barista.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadingProgressTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long GB = 1_000_000_000L;

    private final List<String> lines = new ArrayList<>();

    @Test
    void drawsALineForEachTenth() {
        LoadingProgress progress = new LoadingProgress(20 * GB, lines::add, 0);

        for (int i = 1; i <= 20; i++) {
            progress.advance(GB, i * SECOND);
        }
        progress.finish(20 * SECOND);

        assertThat(lines).hasSize(11).startsWith(
                "loading weights [##..................]  10 %, 2.0 of 20.0 GB in 2.0 s, 1.0 GB/s");
        assertThat(lines.getLast())
                .isEqualTo("loading weights [####################] 100 %, 20.0 of 20.0 GB in 20.0 s, 1.0 GB/s");
    }

    @Test
    void saysNothingOfWhatIsDoneInAMoment() {
        LoadingProgress progress = new LoadingProgress(10, lines::add, 0);

        progress.advance(10, SECOND / 3);
        progress.finish(SECOND / 2);

        assertThat(lines).isEmpty();
    }

    /** Such as the output matrix that is the embedding too, quantised for one of the two. */
    @Test
    void whatIsTakenTwiceIsNotMoreThanAll() {
        LoadingProgress progress = new LoadingProgress(GB, lines::add, 0);

        progress.advance(2 * GB, 2 * SECOND);

        assertThat(lines).singleElement().asString().contains("100 %");
    }
}
