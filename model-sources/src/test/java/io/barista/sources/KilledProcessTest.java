package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.sources.testserver.FakeGcs;
import io.barista.sources.testserver.Fault;
import io.barista.sources.testserver.Recorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed in the middle of a download leaves nothing to be seen, and nothing to be fetched twice. */
class KilledProcessTest {

    private static final int PART = 1000;

    @TempDir
    private Path cache;

    @Test
    void anotherProcessGoesOnWhereAKilledOneWas() throws Exception {
        byte[] content = new byte[4 * PART];
        new Random(9).nextBytes(content);
        try (FakeGcs bucket = new FakeGcs()) {
            bucket.put("m/weights.safetensors", content);
            bucket.next(new Fault.None(), new Fault.None());
            bucket.always(new Fault.Silence(100));
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Fetching.class.getName(),
                    bucket.address(), cache.toString()).inheritIO().start();
            while (bucket.contentRequests().size() < 3 && process.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            process.destroyForcibly().waitFor();
            assertThat(bucket.contentRequests()).hasSize(3);

            bucket.always(new Fault.None());
            Recorder recorder = new Recorder();
            assertThat(Fetching.fetch(bucket.address(), cache, recorder).resolve("weights.safetensors"))
                    .hasBinaryContent(content);
            assertThat(recorder.present).hasValue(2 * PART);
            assertThat(bucket.contentRequests()).hasSize(5);
        }
    }

    /** What runs in the process that is killed. */
    static final class Fetching {

        private Fetching() {}

        public static void main(String[] arguments) {
            fetch(arguments[0], Path.of(arguments[1]), DownloadListener.NONE);
        }

        static Path fetch(String server, Path cache, DownloadListener listener) {
            DownloadLimits limits = new DownloadLimits(1, PART, 1, null, Duration.ofSeconds(60), Duration.ofMillis(1));
            try (FileSource source = FileSources.open(SourceAddress.parse("gs://weights/m", cache),
                    new SourceEnvironment(Map.of("STORAGE_EMULATOR_HOST", server), Map.of()))) {
                return new SourceCache(cache, limits, listener, () -> 0.5).fetch(source, FileChoice.HARMLESS);
            }
        }
    }
}
