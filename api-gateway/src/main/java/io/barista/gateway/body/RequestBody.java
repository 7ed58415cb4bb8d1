package io.barista.gateway.body;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import reactor.core.publisher.Flux;

/**
 * The bytes of one request, kept while they may have to be sent again. They lie in pieces: a large body in one array
 * would have to be copied as it grows, and once more whole into direct memory when it is sent.
 *
 * <p>Filled by one subscription, then read by one attempt after the other; {@link #discard()} may come from any thread.
 */
public final class RequestBody {

    private static final int LARGEST_PIECE = 32 * 1024;
    private static final int SMALLEST_PIECE = 1024;

    private final BodyMemory memory;
    private final List<ByteBuffer> pieces = new ArrayList<>(); // all full but the last one
    private int size;
    private long taken;
    private boolean discarded;

    RequestBody(BodyMemory memory) {
        this.memory = memory;
    }

    /**
     * Appends what came; false when there is no memory for it.
     *
     * @param expectedSize of the whole body; believed for the size of a piece only, as promising costs nothing
     */
    synchronized boolean append(DataBuffer arrived, int expectedSize) {
        while (arrived.readableByteCount() > 0) {
            int missing = Math.max(arrived.readableByteCount(), expectedSize - size);
            if ((pieces.isEmpty() || !pieces.getLast().hasRemaining()) && !addPiece(missing)) {
                return false;
            }
            ByteBuffer last = pieces.getLast();
            int length = Math.min(last.remaining(), arrived.readableByteCount());
            arrived.read(last.array(), last.position(), length);
            last.position(last.position() + length);
            size += length;
        }
        return true;
    }

    private boolean addPiece(int missing) {
        int capacity = Math.clamp(missing, SMALLEST_PIECE, LARGEST_PIECE);
        if (discarded || !memory.tryTake(capacity)) {
            return false;
        }
        taken += capacity;
        pieces.add(ByteBuffer.allocate(capacity));
        return true;
    }

    public synchronized int size() {
        return size;
    }

    synchronized InputStream stream() {
        return new SequenceInputStream(Collections.enumeration(pieces.stream()
                .map(piece -> (InputStream) new ByteArrayInputStream(piece.array(), 0, piece.position())).toList()));
    }

    /** The body as it came, in pieces; each call begins anew. */
    synchronized Flux<DataBuffer> pieces(DataBufferFactory factory) {
        return Flux.fromIterable(List.copyOf(pieces)).map(piece -> factory.wrap(piece.duplicate().flip()));
    }

    /** Lets go of the bytes; from then on the body is empty. Idempotent. */
    public synchronized void discard() {
        discarded = true;
        memory.giveBack(taken);
        taken = 0;
        pieces.clear();
        size = 0;
    }
}
