package io.barista.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.cli.process.Role;
import io.barista.cli.process.ServicePlan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManagedServiceTest {

    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private final ManagedService service = new ManagedService(
            new ServicePlan("model-service-0", Role.MODEL_SERVICE, "m", 1, List.of("true"), Map.of(), Path.of("log")));

    @Test
    void waitsTwiceAsLongAfterEachFailureInARowUpToHalfAMinute() {
        List<Long> waits = IntStream.range(0, 8).mapToObj(_ -> service.failed(start).toSeconds()).toList();

        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    }

    @Test
    void forgetsOldFailuresOnceItHasBeenSteady() throws Exception {
        service.failed(start);
        service.failed(start);
        service.startedAs(new ProcessBuilder("true").start(), 0, start);
        service.becameReady();

        assertThat(service.failed(start.plus(Duration.ofMinutes(5)))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void staysFailedUntilItsNextStartIsReady() throws Exception {
        service.startedAs(new ProcessBuilder("true").start(), 0, start);
        service.failed(start);
        service.startedAs(new ProcessBuilder("true").start(), 0, start);

        assertThat(service.condition()).isEqualTo(Condition.FAILED);
        assertThat(service.state().restarts()).isEqualTo(1);
        service.becameReady();
        assertThat(service.condition()).isEqualTo(Condition.READY);
    }
}
