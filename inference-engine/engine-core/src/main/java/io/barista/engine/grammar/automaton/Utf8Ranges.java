package io.barista.engine.grammar.automaton;

/** A range of characters as sequences of byte ranges, by the structure of UTF-8. */
final class Utf8Ranges {

    private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

    private Utf8Ranges() {}

    /** Adds ways from one state to another that read exactly the characters of the range. */
    static void add(Nfa nfa, int from, int to, int first, int last) {
        int start = first;
        for (int length = 1; length <= LAST_OF_LENGTH.length && start <= last; length++) {
            int end = Math.min(last, LAST_OF_LENGTH[length - 1]);
            if (start <= end) {
                split(nfa, from, to, start, end, length);
                start = end + 1;
            }
        }
    }

    /** Both ends have the same length. Splits until all bytes but one prefix vary freely, so that the range is one sequence. */
    private static void split(Nfa nfa, int from, int to, int first, int last, int length) {
        for (int i = 1; i < length; i++) {
            int free = (1 << (6 * i)) - 1; // what the last i bytes hold
            if ((first & ~free) != (last & ~free)) {
                if ((first & free) != 0) {
                    split(nfa, from, to, first, first | free, length);
                    split(nfa, from, to, (first | free) + 1, last, length);
                    return;
                }
                if ((last & free) != free) {
                    split(nfa, from, to, first, (last & ~free) - 1, length);
                    split(nfa, from, to, last & ~free, last, length);
                    return;
                }
            }
        }
        sequence(nfa, from, to, first, last, length);
    }

    private static void sequence(Nfa nfa, int from, int to, int first, int last, int length) {
        int state = from;
        for (int i = 0; i < length; i++) {
            int next = i == length - 1 ? to : nfa.newState();
            nfa.bytes(state, byteAt(first, i, length), byteAt(last, i, length), next);
            state = next;
        }
    }

    private static int byteAt(int point, int index, int length) {
        if (index > 0) {
            return 0x80 | (point >> (6 * (length - 1 - index)) & 0x3F);
        }
        return switch (length) {
            case 1 -> point;
            case 2 -> 0xC0 | point >> 6;
            case 3 -> 0xE0 | point >> 12;
            default -> 0xF0 | point >> 18;
        };
    }
}
