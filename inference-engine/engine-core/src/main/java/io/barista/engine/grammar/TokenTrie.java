package io.barista.engine.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Byte strings as a tree in preorder, with the tokens that each string stands for. What is below a node follows it directly, so a walk
 * is a loop over arrays, and a branch that fails is skipped in one jump. Immutable.
 */
final class TokenTrie {

    private final byte[] labels; // by node: the byte that leads to it
    private final short[] depths; // by node: bytes from the root, at least 1
    private final int[] ends; // by node: the first node that is not below it
    private final int[] firstToken; // [nodes + 1], into tokens
    private final int[] tokens;
    private final int maxDepth;

    /** A string and what it stands for. */
    record Entry(byte[] bytes, int offset, int token) {

        int length() {
            return bytes.length - offset;
        }

        int at(int index) {
            return bytes[offset + index] & 0xFF;
        }
    }

    private static final Comparator<Entry> BY_BYTES = (left, right) -> Arrays.compareUnsigned(left.bytes, left.offset,
            left.bytes.length, right.bytes, right.offset, right.bytes.length);

    /** @param entries none of them empty; may be given in any order */
    TokenTrie(List<Entry> entries) {
        Entry[] sorted = entries.toArray(Entry[]::new);
        Arrays.sort(sorted, BY_BYTES);
        int nodes = countNodes(sorted);
        this.labels = new byte[nodes];
        this.depths = new short[nodes];
        this.ends = new int[nodes];
        this.firstToken = new int[nodes + 1];
        this.tokens = new int[sorted.length];
        this.maxDepth = Arrays.stream(sorted).mapToInt(Entry::length).max().orElse(0);
        fill(sorted);
    }

    int nodes() {
        return labels.length;
    }

    /** Bytes of the longest string. */
    int maxDepth() {
        return maxDepth;
    }

    int label(int node) {
        return labels[node] & 0xFF;
    }

    /** Bytes from the root to here, this one included. */
    int depth(int node) {
        return depths[node];
    }

    int end(int node) {
        return ends[node];
    }

    int firstToken(int node) {
        return firstToken[node];
    }

    /** Tokens that stand for exactly this node's string are from {@link #firstToken} up to here. */
    int lastToken(int node) {
        return firstToken[node + 1];
    }

    int token(int index) {
        return tokens[index];
    }

    private static int countNodes(Entry[] sorted) {
        int nodes = 0;
        for (int i = 0; i < sorted.length; i++) {
            nodes += sorted[i].length() - (i == 0 ? 0 : common(sorted[i - 1], sorted[i]));
        }
        return nodes;
    }

    private void fill(Entry[] sorted) {
        int[] path = new int[maxDepth + 1]; // open nodes by depth
        int depth = 0;
        int node = -1;
        for (int i = 0; i < sorted.length; i++) {
            Entry entry = sorted[i];
            int kept = i == 0 ? 0 : common(sorted[i - 1], entry);
            for (; depth > kept; depth--) {
                ends[path[depth]] = node + 1;
            }
            while (depth < entry.length()) {
                node++;
                labels[node] = (byte) entry.at(depth);
                depth++;
                depths[node] = (short) depth;
                path[depth] = node;
                firstToken[node] = i;
            }
            tokens[i] = entry.token();
        }
        for (; depth > 0; depth--) {
            ends[path[depth]] = node + 1;
        }
        firstToken[labels.length] = sorted.length;
        // a node that no string ends at was given the tokens of the first string through it, which begin a later node
        for (int n = labels.length - 1; n >= 0; n--) {
            if (sorted[firstToken[n]].length() != depths[n]) {
                firstToken[n] = firstToken[n + 1];
            }
        }
    }

    private static int common(Entry left, Entry right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            if (left.at(i) != right.at(i)) {
                return i;
            }
        }
        return length;
    }
}
