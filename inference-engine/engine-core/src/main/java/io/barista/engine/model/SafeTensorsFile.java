package io.barista.engine.model;

import static io.barista.engine.model.SafeTensorsHeader.invalid;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** One safetensors file: eight bytes of header length, the header, the data. */
record SafeTensorsFile(String name, SafeTensorsHeader header, MemorySegment data) {

    /** The format's own limit. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Maps {@code file} for as long as {@code arena} lives. */
    static SafeTensorsFile map(Path file, Arena arena) {
        String name = file.getFileName().toString();
        try (FileChannel channel = FileChannel.open(file)) {
            return of(name, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            throw new EngineException(EngineException.Code.INVALID_MODEL,
                    "%s cannot be read: %s".formatted(name, e.getMessage()), null, e);
        }
    }

    /** Of the file's bytes. */
    static SafeTensorsFile of(String name, MemorySegment bytes) {
        long size = bytes.byteSize();
        if (size < Long.BYTES) {
            throw invalid(name, "the file has %d bytes and is truncated", size);
        }
        long headerBytes = bytes.get(LENGTH, 0);
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
            throw invalid(name, "a header of %s bytes is not one of safetensors", Long.toUnsignedString(headerBytes));
        }
        if (headerBytes > size - Long.BYTES) {
            throw invalid(name, "the header has %d bytes, but the file only %d: it is truncated", headerBytes, size);
        }
        byte[] json = bytes.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = bytes.asSlice(Long.BYTES + headerBytes);
        return new SafeTensorsFile(name, SafeTensorsHeader.parse(name, json, data.byteSize()), data);
    }
}
