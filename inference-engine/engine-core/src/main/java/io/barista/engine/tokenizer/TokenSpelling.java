package io.barista.engine.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** How a vocabulary writes the bytes of a token. */
enum TokenSpelling {

    /** As the text itself. */
    PLAIN,

    /** Every byte as one printable character, as GPT-2 does. */
    BYTE_LEVEL,

    /** SentencePiece: {@code ▁} for a space, {@code <0x0A>} for a byte that has no token of its own. */
    METASPACE;

    private static final char SPACE = '▁';

    /** With one more string of the decoder's description known. */
    TokenSpelling refine(String text) {
        return switch (text) {
            case "ByteLevel" -> BYTE_LEVEL;
            case "Metaspace", "▁" -> this == BYTE_LEVEL ? this : METASPACE;
            default -> this;
        };
    }

    byte[] bytes(String token) {
        return switch (this) {
            case PLAIN -> token.getBytes(StandardCharsets.UTF_8);
            case BYTE_LEVEL -> byteLevel(token);
            case METASPACE -> isByte(token)
                    ? new byte[]{(byte) Integer.parseInt(token, 3, 5, 16)}
                    : token.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
        };
    }

    private static boolean isByte(String token) {
        return token.length() == 6 && token.startsWith("<0x") && token.endsWith(">")
                && Character.digit(token.charAt(3), 16) >= 0 && Character.digit(token.charAt(4), 16) >= 0;
    }

    /** Printable Latin-1 stands for itself; the other bytes, in their order, for the characters from U+0100 on. */
    private static byte[] byteLevel(String token) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(token.length());
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (isItself(c)) {
                bytes.write(c);
            } else if (c >= 0x100 && c < 0x100 + 68) {
                bytes.write(hidden(c - 0x100));
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static boolean isItself(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE && value <= 0xFF;
    }

    /** The {@code index}-th byte that is not printable: 0 to 32, 127 to 160, 173. */
    private static int hidden(int index) {
        if (index <= 32) {
            return index;
        }
        return index <= 66 ? index + 94 : 0xAD;
    }
}
