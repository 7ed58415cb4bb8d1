package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.testserver.FakeGcs;
import io.barista.sources.testserver.Fault;
import io.barista.sources.testserver.Recorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on the way, and that nothing of it is ever seen. */
class DownloadFaultsTest {

    private static final int PART = 1000;

    @TempDir
    private Path cache;

    private final FakeGcs bucket = new FakeGcs();
    private final Recorder recorder = new Recorder();
    private final byte[] content = new byte[5 * PART + 300];

    @BeforeEach
    void fillBucket() {
        new Random(3).nextBytes(content);
        bucket.put("m/weights.safetensors", content);
    }

    @AfterEach
    void stop() {
        bucket.close();
    }

    static List<Fault> passingFaults() {
        return List.of(new Fault.Status(503, ""), new Fault.Status(429, "0"), new Fault.Status(500, ""),
                new Fault.Cut(0), new Fault.Cut(10), new Fault.Silence(0), new Fault.Silence(10),
                new Fault.WrongByte());
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void getsOverFaultsThatPass(Fault fault) {
        bucket.next(fault, fault);
        assertThat(fetch(limits()).resolve("weights.safetensors")).hasBinaryContent(content);
        assertThat(recorder.retries).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void showsNothingWhenFaultsStay(Fault fault) throws IOException {
        bucket.always(fault);
        assertThatThrownBy(() -> fetch(limits())).isInstanceOfSatisfying(SourceException.class,
                failure -> assertThat(failure.kind()).isEqualTo(fault instanceof Fault.WrongByte
                        ? SourceException.Kind.CORRUPT
                        : SourceException.Kind.UNREACHABLE));
        assertThat(visible()).isEmpty();
        assertThat(recorder.failures).hasSize(1);
    }

    @Test
    void goesOnWithinAPartWhereTheConnectionBroke() {
        bucket.next(new Fault.Cut(400));
        fetch(limits());
        assertThat(bucket.contentRequests()).anyMatch(request -> request.matches(".* bytes=\\d*400-\\d+"));
        assertThat(recorder.received).hasValue(content.length);
    }

    @Test
    void goesOnWithTheNextTryWhereTheLastOneEnded() {
        bucket.next(new Fault.None(), new Fault.None(), new Fault.Status(403, ""));
        assertThatThrownBy(() -> fetch(limits())).hasMessageContaining("access denied");
        int before = bucket.contentRequests().size();
        assertThat(fetch(limits()).resolve("weights.safetensors")).hasBinaryContent(content);
        assertThat(bucket.contentRequests()).hasSize(before + 4);
        assertThat(recorder.present).hasValue(2 * PART);
    }

    @Test
    void endsADrippingDownloadAtItsTimeLimitAndKeepsWhatCame() throws IOException {
        bucket.next(new Fault.None());
        bucket.always(new Fault.Drip(20));
        assertThatThrownBy(() -> fetch(limits().withTotal(Duration.ofMillis(400))))
                .isInstanceOfSatisfying(SourceException.class,
                        late -> assertThat(late.kind()).isEqualTo(SourceException.Kind.TIMED_OUT));
        assertThat(visible()).isEmpty();

        bucket.always(new Fault.None());
        assertThat(fetch(limits()).resolve("weights.safetensors")).hasBinaryContent(content);
        assertThat(recorder.present).hasValue(PART);
    }

    @Test
    void forgetsADownloadThatNobodyHasGoneOnWithForAWeek() throws IOException {
        Path week = Files.createDirectories(cache.resolve(".incoming/old.1/files"));
        Path day = Files.createDirectories(cache.resolve(".incoming/new.1/files"));
        for (Path file : List.of(Files.write(week.resolve("w"), content), week, week.getParent())) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        }
        Files.write(day.resolve("w"), content);

        fetch(limits());

        assertThat(week).doesNotExist();
        assertThat(day.resolve("w")).exists();
    }

    @Test
    void anAbandonedDownloadThatCannotBeDeletedKeepsNobodyFromFetching() throws IOException {
        Path week = Files.createDirectories(cache.resolve(".incoming/old.1"));
        Files.setLastModifiedTime(week, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        Files.createDirectories(cache.resolve(".locks/old.1/in-the-way"));

        assertThat(fetch(limits()).resolve("weights.safetensors")).hasBinaryContent(content);
    }

    @Test
    void tellsADiskThatHasNoRoomForTheLock() throws IOException {
        FolderVersion version;
        try (FileSource source = open(null)) {
            version = FolderVersion.of(source.name(), cache(limits()).list(source));
        }
        Files.createSymbolicLink(Files.createDirectories(cache.resolve(".locks")).resolve(version.id()),
                Path.of("/dev/full"));

        assertThatThrownBy(() -> fetch(limits())).isInstanceOfSatisfying(SourceException.class,
                full -> assertThat(full.kind()).isEqualTo(SourceException.Kind.DISK_FULL));
    }

    @Test
    void listsAgainWhenAFileChangesWhileItIsRead() {
        byte[] other = content.clone();
        other[0] ^= 1;
        SourceCache fetching = cache(limits());
        try (FileSource source = open(new ChangingOnce(other))) {
            assertThat(fetching.fetch(source, FileChoice.HARMLESS).resolve("weights.safetensors"))
                    .hasBinaryContent(other);
        }
        assertThat(recorder.retries).anyMatch(reason -> reason.contains("though it was listed"));
    }

    @Test
    void tellsAFullDiskAndKeepsNothingOfIt() throws IOException {
        // every byte written to this file meets a full disk
        FolderVersion version;
        try (FileSource source = open(null)) {
            version = FolderVersion.of(source.name(), cache(limits()).list(source));
        }
        Path incoming = cache.resolve(".incoming").resolve(version.id());
        Files.createSymbolicLink(Files.createDirectories(incoming.resolve("files")).resolve("weights.safetensors"),
                Path.of("/dev/full"));

        assertThatThrownBy(() -> fetch(limits())).isInstanceOfSatisfying(SourceException.class,
                full -> assertThat(full.kind()).isEqualTo(SourceException.Kind.DISK_FULL));
        assertThat(visible()).isEmpty();
        assertThat(incoming).doesNotExist();
        assertThat(fetch(limits()).resolve("weights.safetensors")).hasBinaryContent(content);
    }

    @Test
    void twoCachesOnOneFolderFetchOnce() throws InterruptedException {
        bucket.always(new Fault.Drip(0));
        Recorder other = new Recorder();
        Thread second = Thread.ofVirtual().start(() -> {
            try (FileSource source = open(null)) {
                new SourceCache(cache, limits(), other, () -> 0.5).fetch(source, FileChoice.HARMLESS);
            }
        });
        assertThat(fetch(limits()).resolve("weights.safetensors")).hasBinaryContent(content);
        second.join();
        assertThat(bucket.contentRequests()).hasSize(6);
        assertThat(recorder.finished.get() + other.finished.get()).isEqualTo(1);
    }

    /** Overwrites the object when its first part is asked for. */
    private final class ChangingOnce {

        private final byte[] next;
        private boolean isDone;

        private ChangingOnce(byte[] next) {
            this.next = next;
        }

        private void now() {
            if (!isDone) {
                isDone = true;
                bucket.put("m/weights.safetensors", next);
            }
        }
    }

    private FileSource open(@Nullable ChangingOnce change) {
        FileSource source = FileSources.open(SourceAddress.parse("gs://weights/m", cache),
                new SourceEnvironment(Map.of("STORAGE_EMULATOR_HOST", bucket.address()), Map.of()));
        return change == null ? source : new Interposed(source, change::now);
    }

    private Path fetch(DownloadLimits limits) {
        try (FileSource source = open(null)) {
            return cache(limits).fetch(source, FileChoice.HARMLESS);
        }
    }

    private SourceCache cache(DownloadLimits limits) {
        return new SourceCache(cache, limits, recorder, () -> 0.5);
    }

    /** One connection, so that faults meet the parts in order. */
    private static DownloadLimits limits() {
        return new DownloadLimits(1, PART, 3, null, Duration.ofMillis(300), Duration.ofMillis(1));
    }

    private List<Path> visible() throws IOException {
        try (Stream<Path> labels = Files.list(cache)) {
            return labels.filter(path -> !path.getFileName().toString().startsWith(".")).flatMap(label -> {
                try {
                    return Files.list(label);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).toList();
        }
    }
}
