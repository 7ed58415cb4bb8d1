package io.barista.gateway.body;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import reactor.core.publisher.Flux;

/**
 * The bytes of one request, kept while they may have to be sent again.
 *
 * <p>Filled by one subscription, then read by one attempt after the other; {@link #discard()} may come from any thread.
 */
public final class RequestBody {

    /** One write to the replica's connection; larger pieces would be copied whole into direct memory. */
    private static final int PIECE = 64 * 1024;

    private final BodyMemory memory;
    private byte[] bytes;
    private int size;
    private boolean discarded;

    RequestBody(BodyMemory memory) {
        this.memory = memory;
        this.bytes = new byte[0];
    }

    /** Appends a piece; false when there is no memory for it. */
    synchronized boolean append(DataBuffer piece, int expectedSize) {
        int added = piece.readableByteCount();
        if (discarded || !reserve(Math.addExact(size, added), expectedSize)) {
            return false;
        }
        piece.read(bytes, size, added);
        size += added;
        return true;
    }

    private boolean reserve(int needed, int expectedSize) {
        if (needed <= bytes.length) {
            return true;
        }
        // A promised length is believed step by step only: promising costs the client nothing.
        long doubled = Math.max(2L * bytes.length, PIECE);
        int capacity = (int) Math.max(needed, Math.min(doubled, Math.max(expectedSize, needed)));
        if (!memory.tryTake(capacity - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, capacity);
        return true;
    }

    public synchronized int size() {
        return size;
    }

    /** The bytes from 0 to {@link #size()}; the array may be longer. */
    synchronized byte[] array() {
        return bytes;
    }

    /** The body as it came, in pieces; each call begins anew. */
    synchronized Flux<DataBuffer> pieces(DataBufferFactory factory) {
        byte[] content = bytes;
        int length = size;
        int pieces = Math.ceilDiv(length, PIECE);
        return Flux.range(0, pieces).map(index -> {
            int start = index * PIECE;
            return factory.wrap(ByteBuffer.wrap(content, start, Math.min(PIECE, length - start)));
        });
    }

    /** Lets go of the bytes; from then on the body is empty. Idempotent. */
    public synchronized void discard() {
        discarded = true;
        memory.giveBack(bytes.length);
        bytes = new byte[0];
        size = 0;
    }
}
