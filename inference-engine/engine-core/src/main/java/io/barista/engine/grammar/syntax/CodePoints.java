package io.barista.engine.grammar.syntax;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** A set of Unicode characters as sorted, disjoint ranges; surrogates are no characters and never among them. Immutable. */
public final class CodePoints {

    private static final int FIRST_SURROGATE = Character.MIN_SURROGATE;
    private static final int LAST_SURROGATE = Character.MAX_SURROGATE;

    public static final CodePoints NONE = new CodePoints(new int[0]);
    public static final CodePoints ALL = range(0, Character.MAX_CODE_POINT);

    private final int[] bounds; // first and last of each range in turn

    private CodePoints(int[] bounds) {
        this.bounds = bounds;
    }

    public static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    public static CodePoints anyOf(String characters) {
        return characters.codePoints().mapToObj(CodePoints::of).reduce(NONE, CodePoints::plus);
    }

    /** Both ends belong to it. */
    public static CodePoints range(int first, int last) {
        if (last < FIRST_SURROGATE || first > LAST_SURROGATE) {
            return new CodePoints(new int[]{first, last});
        }
        CodePoints below = first < FIRST_SURROGATE ? new CodePoints(new int[]{first, FIRST_SURROGATE - 1}) : NONE;
        return last > LAST_SURROGATE ? below.plus(new CodePoints(new int[]{LAST_SURROGATE + 1, last})) : below;
    }

    public static CodePoints matching(IntPredicate predicate) {
        int[] bounds = new int[16];
        int size = 0;
        boolean inside = false;
        for (int point = 0; point <= Character.MAX_CODE_POINT + 1; point++) {
            boolean matches = point <= Character.MAX_CODE_POINT
                    && (point < FIRST_SURROGATE || point > LAST_SURROGATE) && predicate.test(point);
            if (matches != inside) {
                bounds = size == bounds.length ? Arrays.copyOf(bounds, size * 2) : bounds;
                bounds[size++] = matches ? point : point - 1;
                inside = matches;
            }
        }
        return new CodePoints(Arrays.copyOf(bounds, size));
    }

    public int ranges() {
        return bounds.length / 2;
    }

    public int first(int range) {
        return bounds[2 * range];
    }

    public int last(int range) {
        return bounds[2 * range + 1];
    }

    public boolean isEmpty() {
        return bounds.length == 0;
    }

    public boolean contains(int codePoint) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] <= codePoint && codePoint <= bounds[i + 1]) {
                return true;
            }
        }
        return false;
    }

    public CodePoints plus(CodePoints other) {
        if (isEmpty() || other.isEmpty()) {
            return isEmpty() ? other : this;
        }
        long[] all = new long[ranges() + other.ranges()];
        for (int i = 0; i < all.length; i++) {
            CodePoints source = i < ranges() ? this : other;
            int range = i < ranges() ? i : i - ranges();
            all[i] = ((long) source.first(range) << 32) | source.last(range);
        }
        Arrays.sort(all);
        int[] merged = new int[all.length * 2];
        int size = 0;
        for (long range : all) {
            int first = (int) (range >> 32);
            int last = (int) range;
            if (size > 0 && first <= merged[size - 1] + 1) {
                merged[size - 1] = Math.max(merged[size - 1], last);
            } else {
                merged[size++] = first;
                merged[size++] = last;
            }
        }
        return new CodePoints(Arrays.copyOf(merged, size));
    }

    /** Every character that is not in this set. */
    public CodePoints inverted() {
        CodePoints rest = NONE;
        int next = 0;
        for (int i = 0; i < ranges(); i++) {
            if (first(i) > next) {
                rest = rest.plus(range(next, first(i) - 1));
            }
            next = last(i) + 1;
        }
        return next <= Character.MAX_CODE_POINT ? rest.plus(range(next, Character.MAX_CODE_POINT)) : rest;
    }

    public CodePoints minus(CodePoints other) {
        return inverted().plus(other).inverted();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints that && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }
}
