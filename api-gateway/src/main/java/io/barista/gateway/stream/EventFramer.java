package io.barista.gateway.stream;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Cuts a byte stream at the ends of its server-sent events, without changing a byte: what goes in comes out, but the
 * beginning of an event waits for its end. An event ends with an empty line; lines end with LF, CR or CR LF.
 *
 * <p>Confined to one subscription.
 */
final class EventFramer {

    private static final byte[] DONE = "data:[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final int AFTER_COLON = "data:".length();
    private static final int MISMATCH = -1;
    private static final byte[] NOTHING = {};

    private final int longestEvent;

    private byte[] carry = NOTHING;
    private boolean lineIsEmpty = true;
    private boolean lastWasCr;
    private boolean eventEnded;
    private int matchedOfDone;
    private boolean spaceSkipped;
    private boolean done;

    /** @param longestEventBytes where holding back the beginning of an event ends in an error */
    EventFramer(int longestEventBytes) {
        this.longestEvent = longestEventBytes;
    }

    /**
     * A copy of the whole events that a piece completes, or null when it completes none. Releases the piece: what is
     * written to a client never shares memory with what comes from a replica.
     *
     * @throws BrokenAnswerException when an event is too long to be held
     */
    byte @Nullable [] feed(DataBuffer piece) throws BrokenAnswerException {
        try {
            int end = endOfLastEvent(piece, piece.readPosition(), piece.readableByteCount());
            byte[] events = null;
            if (end > 0) {
                events = joined(piece, end);
                carry = NOTHING;
            }
            if (piece.readableByteCount() > 0) {
                hold(piece);
            }
            return events;
        } finally {
            DataBufferUtils.release(piece);
        }
    }

    /** Whether {@code data: [DONE]} went by. */
    boolean isDone() {
        return done;
    }

    /** The stream is over: the bytes after its last whole event, usually none. */
    byte[] finish() {
        done |= matchedOfDone == DONE.length;
        byte[] rest = carry;
        carry = NOTHING;
        return rest;
    }

    private byte[] joined(DataBuffer piece, int length) {
        byte[] events = new byte[carry.length + length];
        System.arraycopy(carry, 0, events, 0, carry.length);
        piece.read(events, carry.length, length);
        return events;
    }

    private void hold(DataBuffer piece) throws BrokenAnswerException {
        if ((long) carry.length + piece.readableByteCount() > longestEvent) {
            throw new BrokenAnswerException("an event is longer than " + longestEvent + " bytes");
        }
        carry = joined(piece, piece.readableByteCount());
    }

    /** How many bytes of the piece belong to events that end in it. */
    private int endOfLastEvent(DataBuffer piece, int start, int length) {
        int end = 0;
        for (int i = 0; i < length; i++) {
            byte b = piece.getByte(start + i);
            if (b == '\n' && lastWasCr) {
                lastWasCr = false; // the second half of a line end
                end = eventEnded ? i + 1 : end;
            } else if (b == '\n' || b == '\r') {
                lastWasCr = b == '\r';
                eventEnded = endLine();
                end = eventEnded ? i + 1 : end;
            } else {
                lastWasCr = false;
                lineIsEmpty = false;
                matchDone(b);
            }
        }
        return end;
    }

    /** Whether the line was empty, which ends the event. */
    private boolean endLine() {
        boolean empty = lineIsEmpty;
        done |= matchedOfDone == DONE.length;
        lineIsEmpty = true;
        matchedOfDone = 0;
        spaceSkipped = false;
        return empty;
    }

    private void matchDone(byte b) {
        if (matchedOfDone == MISMATCH) {
            return;
        }
        if (matchedOfDone < DONE.length && b == DONE[matchedOfDone]) {
            matchedOfDone++;
        } else if (b == ' ' && matchedOfDone == AFTER_COLON && !spaceSkipped) {
            spaceSkipped = true;
        } else {
            matchedOfDone = MISMATCH;
        }
    }
}
