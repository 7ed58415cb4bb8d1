package io.barista.modelservice.embedding;

import io.barista.openai.embedding.EncodingFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/** What is done with embeddings once they are there. */
final class Vectors {

    private Vectors() {}

    /**
     * The first {@code dimensions} numbers.
     *
     * @param normalised whether the whole has length 1; then what is left is brought to it again
     */
    static float[] beginning(float[] whole, int dimensions, boolean normalised) {
        if (dimensions == whole.length) {
            return whole;
        }
        float[] beginning = Arrays.copyOf(whole, dimensions);
        double length = Math.sqrt(dot(beginning, beginning));
        if (normalised && length > 0) {
            for (int i = 0; i < dimensions; i++) {
                beginning[i] = (float) (beginning[i] / length);
            }
        }
        return beginning;
    }

    /** From -1 to 1; 0 when one of them has no direction. */
    static double cosine(float[] one, float[] other) {
        double lengths = Math.sqrt(dot(one, one)) * Math.sqrt(dot(other, other));
        return lengths > 0 ? Math.clamp(dot(one, other) / lengths, -1.0, 1.0) : 0;
    }

    /** As it is written into an answer. */
    static Object encoded(float[] embedding, EncodingFormat format) {
        return switch (format) {
            case FLOAT -> embedding;
            case BASE64 -> {
                ByteBuffer bytes = ByteBuffer.allocate(embedding.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(embedding);
                yield Base64.getEncoder().encodeToString(bytes.array());
            }
        };
    }

    private static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
