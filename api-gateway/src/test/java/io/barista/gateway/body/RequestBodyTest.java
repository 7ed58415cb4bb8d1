package io.barista.gateway.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

class RequestBodyTest {

    private static final DataBufferFactory BUFFERS = DefaultDataBufferFactory.sharedInstance;

    @Property(tries = 200)
    void givesTheSameBytesBackAsOftenAsAsked(
            @ForAll @Size(max = 8) List<@IntRange(max = 100_000) Integer> sizes,
            @ForAll @IntRange(max = 300_000) int promised) throws IOException {
        BodyMemory memory = new BodyMemory(Long.MAX_VALUE);
        RequestBody body = new RequestBody(memory);
        byte[] all = new byte[sizes.stream().mapToInt(Integer::intValue).sum()];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i * 31);
        }

        int position = 0;
        for (int size : sizes) {
            DataBuffer arrived = BUFFERS.wrap(java.util.Arrays.copyOfRange(all, position, position + size));
            assertThat(body.append(arrived, promised)).isTrue();
            position += size;
        }

        assertThat(body.size()).isEqualTo(all.length);
        assertThat(body.stream().readAllBytes()).isEqualTo(all);
        assertThat(join(body)).isEqualTo(all).isEqualTo(join(body));
        assertThat(memory.usedBytes()).isBetween((long) all.length, all.length + 32_768L);
        body.discard();
        body.discard();
        assertThat(memory.usedBytes()).isZero();
        assertThat(join(body)).isEmpty();
    }

    @Example
    void takesNoMoreMemoryThanThereIs() {
        BodyMemory memory = new BodyMemory(100_000);
        RequestBody first = new RequestBody(memory);
        RequestBody second = new RequestBody(memory);

        assertThat(first.append(BUFFERS.wrap(new byte[60_000]), 60_000)).isTrue();
        assertThat(second.append(BUFFERS.wrap(new byte[60_000]), 60_000)).isFalse();
        second.discard();
        assertThat(memory.usedBytes()).isEqualTo(60_000);
        first.discard();
        assertThat(new RequestBody(memory).append(BUFFERS.wrap(new byte[60_000]), 0)).isTrue();
    }

    @Example
    void believesAPromisedLengthOnlyForOnePiece() {
        BodyMemory memory = new BodyMemory(Long.MAX_VALUE);

        new RequestBody(memory).append(BUFFERS.wrap(new byte[1]), 32 * 1024 * 1024);

        assertThat(memory.usedBytes()).isEqualTo(32 * 1024);
    }

    private static byte[] join(RequestBody body) {
        DataBuffer joined = DataBufferUtils.join(body.pieces(BUFFERS)).block();
        if (joined == null) {
            return new byte[0];
        }
        byte[] bytes = new byte[joined.readableByteCount()];
        joined.read(bytes);
        return bytes;
    }
}
