package io.barista.engine.grammar;

import org.jspecify.annotations.Nullable;

/** Follows an output until its reasoning has ended, and ends it when its budget is spent. One thread at a time. */
final class ReasoningPhase {

    private enum State {
        /** Nothing came yet: either the opening tag or the answer is next. */
        START,
        REASONING,
        ENDED
    }

    private final int[] openingTokens;
    private final int[] closingTokens;
    private final byte[] closingTag;
    private final int[] borders;
    private final int budget;
    private State state;
    private int tokens;
    private int forced;
    private int matched; // bytes at the end of the output that begin the closing tag

    ReasoningPhase(int[] openingTokens, int[] closingTokens, byte[] closingTag, boolean startsInside, int budget) {
        this.openingTokens = openingTokens;
        this.closingTokens = closingTokens;
        this.closingTag = closingTag;
        this.borders = borders(closingTag);
        this.budget = budget;
        this.state = startsInside ? State.REASONING : State.START;
    }

    /** Whether the next token may begin the answer. */
    boolean mayAnswer() {
        return state != State.REASONING;
    }

    /** The only token that may come next; null when there is a choice. */
    @Nullable
    Integer forcedToken() {
        return state == State.REASONING && tokens >= budget && closingTokens.length > 0
                ? closingTokens[forced % closingTokens.length]
                : null;
    }

    /** The token that may begin the reasoning here; null where none may. */
    @Nullable
    Integer openingToken() {
        return state == State.START && openingTokens.length > 0 ? openingTokens[0] : null;
    }

    /** Takes a token; the index of its first byte that belongs to the answer, its length when none does. */
    int accept(int token, byte[] bytes) {
        if (state == State.START) {
            boolean opens = openingTokens.length > 0 && token == openingTokens[0];
            state = opens ? State.REASONING : State.ENDED;
            return opens ? bytes.length : 0;
        }
        if (state == State.ENDED) {
            return 0;
        }
        if (tokens >= budget) {
            forced++;
        }
        tokens++;
        for (int i = 0; i < bytes.length; i++) {
            if (matchNext(bytes[i])) {
                state = State.ENDED;
                return i + 1;
            }
        }
        return bytes.length;
    }

    /** Whether the byte completes the closing tag. */
    private boolean matchNext(byte value) {
        while (matched > 0 && closingTag[matched] != value) {
            matched = borders[matched - 1];
        }
        matched += closingTag[matched] == value ? 1 : 0;
        return matched == closingTag.length;
    }

    /** By length of a beginning of the tag, less one: the longest shorter beginning that it ends with (Knuth, Morris and Pratt). */
    private static int[] borders(byte[] tag) {
        int[] borders = new int[tag.length];
        for (int i = 1, length = 0; i < tag.length; i++) {
            while (length > 0 && tag[i] != tag[length]) {
                length = borders[length - 1];
            }
            length += tag[i] == tag[length] ? 1 : 0;
            borders[i] = length;
        }
        return borders;
    }
}
