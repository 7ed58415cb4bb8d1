package io.barista.modelservice.registry;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

/** A body that is written where it belongs as it comes, without a thread that wakes for each piece. */
final class MemoryBody implements HttpResponse.BodySubscriber<byte[]> {

    private static final byte[] NOTHING_ELSE = {};

    private final MemorySegment target;
    private final LongConsumer listener;
    private final CompletableFuture<byte[]> end = new CompletableFuture<>();
    private long received; // guarded by this
    private boolean isOver; // guarded by this
    private volatile long lastHeard = System.nanoTime();

    /**
     * @param target   as long as the body; not touched any more after {@link #stop}
     * @param listener told how many bytes came
     */
    MemoryBody(MemorySegment target, LongConsumer listener) {
        this.target = target;
        this.listener = listener;
    }

    /** Bytes that have come, which stay where they are. */
    synchronized long stop() {
        isOver = true;
        return received;
    }

    long nanosOfSilence() {
        return System.nanoTime() - lastHeard;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE); // there is room for all of it
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        lastHeard = System.nanoTime();
        listener.accept(write(pieces));
    }

    private synchronized long write(List<ByteBuffer> pieces) {
        long before = received;
        for (ByteBuffer piece : pieces) {
            int length = piece.remaining();
            if (length > target.byteSize() - received) {
                isOver = true;
                end.completeExceptionally(new IOException("more came than was asked for"));
            }
            if (isOver) {
                break;
            }
            MemorySegment.copy(MemorySegment.ofBuffer(piece), 0, target, received, length);
            received += length;
        }
        return received - before;
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        long came = stop();
        if (came == target.byteSize()) {
            end.complete(NOTHING_ELSE);
        } else {
            end.completeExceptionally(
                    new IOException("the body ended after %d of %d bytes".formatted(came, target.byteSize())));
        }
    }
}
