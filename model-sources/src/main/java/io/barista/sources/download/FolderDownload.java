package io.barista.sources.download;

import io.barista.sources.DownloadLimits;
import io.barista.sources.DownloadListener;
import io.barista.sources.FileSource;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Fetches a source's files into a folder, in parts over several connections, and verifies each file as soon as it is whole. */
public final class FolderDownload {

    private final FileSource source;
    private final List<RemoteFile> files;
    private final DownloadLimits limits;
    private final DownloadListener listener;
    private final Retries retries;

    public FolderDownload(FileSource source, List<RemoteFile> files, DownloadLimits limits, DownloadListener listener,
            Retries retries) {
        this.source = source;
        this.files = files;
        this.limits = limits;
        this.listener = listener;
        this.retries = retries;
    }

    /**
     * Returns when every file is there, verified and forced out. A file that comes corrupt is fetched again, as often as there are
     * tries; what a failure leaves is continued by the next call.
     *
     * @param target  where the files go
     * @param ledgers where it is noted what has come
     */
    public void into(Path target, Path ledgers) throws IOException, InterruptedException {
        for (int attempt = 1;; attempt++) {
            try {
                fetchMissing(target, ledgers);
                return;
            } catch (SourceException e) {
                if (e.kind() != SourceException.Kind.CORRUPT || attempt >= limits.tries()) {
                    throw e;
                }
                listener.retrying(source.name(), e.getMessage(), Duration.ZERO);
            }
        }
    }

    private void fetchMissing(Path target, Path ledgers) throws IOException, InterruptedException {
        List<TargetFile> targets = new ArrayList<>();
        try {
            for (RemoteFile file : files) {
                targets.add(DiskFailures.told(source.name(),
                        () -> TargetFile.open(file, target, ledgers, limits.partBytes())));
            }
            listener.started(source.name(), files.size(), files.stream().mapToLong(RemoteFile::bytes).sum(),
                    targets.stream().mapToLong(TargetFile::bytesPresent).sum());
            fetch(targets);
        } finally {
            for (TargetFile file : targets) {
                file.close();
            }
        }
    }

    private void fetch(List<TargetFile> targets) throws IOException, InterruptedException {
        Queue<TimeLimit.Work<Boolean>> work = new ConcurrentLinkedQueue<>();
        try (SilenceWatch watch = new SilenceWatch(limits.silence());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PartFetcher fetcher = new PartFetcher(source, retries, listener, watch);
            for (TargetFile file : targets) {
                if (file.missing().isEmpty()) { // an empty file, or a process died between the last part and the check
                    work.add(() -> fetcher.verify(file));
                }
                file.missing().forEach(part -> work.add(() -> fetcher.fetch(part)));
            }
            int workers = Math.min(limits.connections(), work.size());
            CompletionService<Boolean> ends = new ExecutorCompletionService<>(threads);
            for (int worker = 0; worker < workers; worker++) {
                ends.submit(() -> {
                    for (TimeLimit.Work<Boolean> next = work.poll(); next != null; next = work.poll()) {
                        next.run();
                    }
                    return true;
                });
            }
            awaitAll(ends, workers, threads);
        }
    }

    /** The first failure ends all: what the others would still fetch may be worth nothing. */
    private void awaitAll(CompletionService<Boolean> ends, int workers, ExecutorService threads)
            throws InterruptedException {
        try {
            for (int worker = 0; worker < workers; worker++) {
                ends.take().get();
            }
        } catch (ExecutionException e) {
            threads.shutdownNow();
            throw TimeLimit.failure(source.name(), e.getCause());
        } catch (InterruptedException e) {
            threads.shutdownNow();
            throw e;
        }
    }
}
