package io.barista.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

class EventFramerTest {

    private static final DefaultDataBufferFactory BUFFERS = DefaultDataBufferFactory.sharedInstance;

    @Property
    void changesNoByteAndLetsOnlyWholeEventsOut(@ForAll("events") List<String> events,
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 25) Integer> cuts) throws Exception {
        byte[] stream = String.join("", events).getBytes(StandardCharsets.UTF_8);

        List<String> out = feed(new EventFramer(1000), pieces(stream, cuts));

        assertThat(String.join("", out)).isEqualTo(String.join("", events));
        assertThat(boundaries(events)).containsAll(boundaries(out));
    }

    @Property
    void holdsBackExactlyTheBeginningOfTheLastEvent(@ForAll("events") List<String> events,
            @ForAll @IntRange(min = 1, max = 25) int size) throws Exception {
        byte[] stream = (String.join("", events) + "data: {\"cut").getBytes(StandardCharsets.UTF_8);
        EventFramer framer = new EventFramer(1000);

        List<String> out = feed(framer, pieces(stream, java.util.Collections.nCopies(stream.length, size)));

        assertThat(String.join("", out)).isEqualTo(String.join("", events));
        assertThat(framer.finish()).asString(StandardCharsets.UTF_8).isEqualTo("data: {\"cut");
        assertThat(framer.isDone()).isFalse();
    }

    @Provide
    Arbitrary<List<String>> events() {
        Arbitrary<String> end = Arbitraries.of("\n", "\r\n", "\r");
        Arbitrary<String> line = Arbitraries.of("data: {\"a\":1}", "data:é😀", ": keep-alive", "event: delta", "id: 7",
                "data: [DONE", "data:  [DONE]");
        return Combinators.combine(line.list().ofMinSize(1).ofMaxSize(3), end)
                .as((lines, lineEnd) -> String.join(lineEnd, lines) + lineEnd + lineEnd).list().ofMinSize(1)
                .ofMaxSize(6);
    }

    @Example
    void letsGoOfThePieceAndKeepsNothingOfIts() throws Exception {
        ByteBuf piece = Unpooled.copiedBuffer("data: 1\n\ndata: 2\n\n", StandardCharsets.UTF_8);

        byte[] events = new EventFramer(1000).feed(new NettyDataBufferFactory(piece.alloc()).wrap(piece));

        assertThat(piece.refCnt()).isZero();
        assertThat(events).asString(StandardCharsets.UTF_8).isEqualTo("data: 1\n\ndata: 2\n\n");
    }

    @Example
    void knowsTheEndInEverySpelling() throws Exception {
        for (String end : List.of("data: [DONE]\n\n", "data:[DONE]\r\n\r\n", "data: [DONE]\r\r", "data: [DONE]\n",
                "data: [DONE]", "data: {}\n\ndata: [DONE]\n\n: bye\n\n")) {
            for (int size = 1; size <= end.length(); size++) {
                EventFramer framer = new EventFramer(1000);
                feed(framer, pieces(end.getBytes(StandardCharsets.UTF_8),
                        java.util.Collections.nCopies(end.length(), size)));
                framer.finish();
                assertThat(framer.isDone()).as("%s in pieces of %d", end, size).isTrue();
            }
        }
    }

    @Example
    void isNotFooledByWhatOnlyLooksLikeTheEnd() throws Exception {
        for (String event : List.of("data: [DONE]x\n\n", "data: \"[DONE]\"\n\n", "data:  [DONE]\n\n",
                "data: x\ndata: [DONE\n\n", "xdata: [DONE]\n\n", "data: [ DONE]\n\n")) {
            EventFramer framer = new EventFramer(1000);
            feed(framer, List.of(event.getBytes(StandardCharsets.UTF_8)));
            assertThat(framer.isDone()).as(event).isFalse();
        }
    }

    @Example
    void refusesToHoldAnEndlessEvent() {
        EventFramer framer = new EventFramer(100);

        assertThatThrownBy(() -> feed(framer, List.of(new byte[60], new byte[60])))
                .isInstanceOf(BrokenAnswerException.class).hasMessageContaining("100 bytes");
    }

    private static List<String> feed(EventFramer framer, List<byte[]> pieces) throws BrokenAnswerException {
        List<String> out = new ArrayList<>();
        for (byte[] piece : pieces) {
            byte[] events = framer.feed(BUFFERS.wrap(piece));
            if (events != null) {
                out.add(new String(events, StandardCharsets.UTF_8));
            }
        }
        return out;
    }

    private static List<byte[]> pieces(byte[] stream, List<Integer> sizes) {
        List<byte[]> pieces = new ArrayList<>();
        int position = 0;
        for (int size : sizes) {
            int end = Math.min(stream.length, position + size);
            pieces.add(java.util.Arrays.copyOfRange(stream, position, end));
            position = end;
        }
        pieces.add(java.util.Arrays.copyOfRange(stream, position, stream.length));
        return pieces;
    }

    /** The offsets at which pieces end; an LF that belongs to a CR before it may go with either side. */
    private static List<Integer> boundaries(List<String> pieces) {
        List<Integer> ends = new ArrayList<>();
        int position = 0;
        for (String piece : pieces) {
            position += piece.getBytes(StandardCharsets.UTF_8).length;
            ends.add(position);
            if (piece.endsWith("\r\n")) {
                ends.add(position - 1);
            }
        }
        return ends;
    }
}
