package io.barista.engine.tokenizer;

import java.util.Arrays;

/**
 * Turns a growing sequence of ids into text piece by piece. The pieces joined are {@link Tokenizer#decode} of all ids, and no piece
 * ends inside a character: what may still become one is held back. (Only for ids that are no valid UTF-8 can a byte-fallback
 * decoder, which replaces a whole run of bytes at once, differ in the number of replacement characters.)
 *
 * <p>What a token contributes depends on its neighbours (leading-space rules, characters of several tokens), so each call decodes a
 * short window of the last ids and gives what is new in it. A token costs at most two decodes of {@value #LONGEST_WINDOW} ids, however
 * long the sequence is.
 *
 * <p>Confined to one thread at a time.
 */
public final class IncrementalDetokenizer {

    /** What decoders write for bytes that are no UTF-8, and so for the first bytes of a character whose rest is to come. */
    private static final char REPLACEMENT = '\uFFFD';

    /** A window of this many ids is cut as soon as its text is whole. */
    private static final int LONG_WINDOW = 8;

    /** A window this long is cut in any case: what it holds back is no beginning of a character, but invalid. */
    private static final int LONGEST_WINDOW = 16;

    /** No character has more bytes, and no token has less than one. */
    private static final int LONGEST_CHARACTER = 4;

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;

    private final int[] window = new int[LONGEST_WINDOW];
    private int length;

    /** Nothing was held back when the window had this length, the last time. */
    private int wholeLength;

    /** What has been given of the window's text. */
    private String given = "";

    public IncrementalDetokenizer(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /** The text that is certain now and was not before; often a word, sometimes nothing. */
    public String append(int id) {
        if (contributesNothing(id)) {
            return "";
        }
        window[length++] = id;
        String text = decode(0);
        if (!endsUnfinished(text)) {
            return giveAll(text);
        }
        return length < LONGEST_WINDOW ? giveFinished(text) : giveInvalid(text);
    }

    /** What was held back, at the end of the sequence; afterwards this can take another sequence. */
    public String flush() {
        String rest = newIn(decode(0));
        keepLast(0);
        given = "";
        return rest;
    }

    /** Decoders drop such ids before they look at neighbours; in a window they would hide that other text came before. */
    private boolean contributesNothing(int id) {
        return tokenizer.token(id).isEmpty() || skipSpecialTokens && tokenizer.isSpecial(id);
    }

    private String giveAll(String text) {
        String piece = newIn(text);
        if (length < LONG_WINDOW) {
            given = text;
        } else {
            keepLast(Math.min(length - wholeLength, LONG_WINDOW));
            given = decode(0);
        }
        wholeLength = length;
        return piece;
    }

    private String giveFinished(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == REPLACEMENT) {
            end--;
        }
        if (end <= given.length() || !text.startsWith(given)) {
            return "";
        }
        String piece = text.substring(given.length(), end);
        given = text.substring(0, end);
        return piece;
    }

    private String giveInvalid(String text) {
        String piece = withoutLast(newIn(text));
        keepLast(LONGEST_CHARACTER);
        given = withoutLast(decode(0));
        return piece;
    }

    private String newIn(String text) {
        // A byte-fallback decoder takes characters back when the bytes after them turn out to be invalid; they are given already.
        return text.startsWith(given) ? text.substring(given.length()) : decode(wholeLength);
    }

    private void keepLast(int count) {
        System.arraycopy(window, length - count, window, 0, count);
        length = count;
        wholeLength = 0;
    }

    private String decode(int from) {
        return tokenizer.decode(Arrays.copyOfRange(window, from, length), skipSpecialTokens);
    }

    private static boolean endsUnfinished(String text) {
        return !text.isEmpty() && text.charAt(text.length() - 1) == REPLACEMENT;
    }

    private static String withoutLast(String text) {
        return text.isEmpty() ? text : text.substring(0, text.length() - 1);
    }
}
