package io.barista.engine.model.quantization;

/** What all formats with 4-bit codes in int32 words ask of sizes. */
final class IntegerGroups {

    private IntegerGroups() {}

    static void requireWords(String projection, String what, int count) {
        if (count % Nibbles.PER_WORD != 0) {
            throw Scales.invalid("%s: %d %s do not fill words of %d codes", projection, count, what, Nibbles.PER_WORD);
        }
    }
}
