package io.barista.cli.up;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Held by the one supervisor of a folder while it lives; the kernel lets go of it however that ends. */
final class SuiteLock implements AutoCloseable {

    private final FileChannel channel;

    private SuiteLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Empty when another supervisor has it. */
    static Optional<SuiteLock> tryTake(SuiteFolder folder) throws IOException {
        folder.create();
        FileChannel channel = FileChannel.open(folder.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new SuiteLock(channel));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
