package io.barista.engine.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code value.name}, {@code value[index]} and slices, as Jinja's immutable sandbox allows them: {@code .} tries methods before keys,
 * {@code []} keys before methods, and methods that change a list or dict are undefined.
 */
final class Access {

    private static final Set<String> LIST_CHANGES = Set.of("append", "clear", "extend", "insert", "pop", "remove",
            "reverse", "sort");
    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private final Budget budget;
    private final StringMethods strings;
    private final CollectionMethods collections;

    Access(Budget budget, StringMethods strings, CollectionMethods collections) {
        this.budget = budget;
        this.strings = strings;
        this.collections = collections;
    }

    Value attribute(Value target, String name) {
        Value own = ownAttribute(target, name);
        Value entry = own instanceof Value.Undefined && target instanceof Value.Dict dict && !isUnsafe(target, name)
                ? dict.get(name)
                : null;
        return entry == null ? own : entry;
    }

    /** Without the keys of a dict. */
    Value ownAttribute(Value target, String name) {
        if (target instanceof Value.Undefined undefined) {
            throw undefined.used();
        }
        return method(target, name).orElseGet(
                () -> new Value.Undefined("'%s' has no attribute '%s'".formatted(describe(target), name)));
    }

    Value item(Value target, Value index) {
        if (target instanceof Value.Undefined undefined) {
            throw undefined.used();
        }
        Value found = find(target, index);
        if (found != null) {
            return found;
        }
        if (index instanceof Value.Text(String name)) {
            return ownAttribute(target, name);
        }
        return new Value.Undefined("%s has no element %s".formatted(describe(target),
                index instanceof Value.Int(BigInteger number) ? number : index.typeName()));
    }

    /** Null bounds stand for those left out, and None for null. */
    Value slice(Value target, @Nullable Value start, @Nullable Value stop, @Nullable Value step) {
        int length = switch (target) {
            case Value.Text(String text) -> text.codePointCount(0, text.length());
            case Value.ListValue(List<Value> items) -> items.size();
            case Value.Tuple tuple -> tuple.items().size();
            case Value.Range range -> (int) range.length();
            case Value.Undefined undefined -> throw undefined.used();
            default -> -1;
        };
        if (length < 0) {
            throw JinjaException.runtime("'%s' object cannot be sliced", target.typeName());
        }
        SliceBounds bounds = SliceBounds.of(bound(start), bound(stop), bound(step), length);
        budget.entries(bounds.count());
        return switch (target) {
            case Value.Text(String text) -> new Value.Text(slice(text, length, bounds));
            case Value.ListValue(List<Value> items) -> new Value.ListValue(slice(items, bounds));
            case Value.Tuple tuple -> new Value.Tuple(slice(tuple.items(), bounds));
            case Value.Range range -> new Value.Range(range.start() + bounds.start() * range.step(),
                    range.start() + (bounds.start() + bounds.count() * bounds.step()) * range.step(),
                    range.step() * bounds.step());
            default -> throw new IllegalStateException(target.typeName());
        };
    }

    private static List<Value> slice(List<Value> items, SliceBounds bounds) {
        List<Value> slice = new ArrayList<>();
        for (long i = 0, at = bounds.start(); i < bounds.count(); i++, at += bounds.step()) {
            slice.add(items.get((int) at));
        }
        return slice;
    }

    private String slice(String text, int length, SliceBounds bounds) {
        budget.characters(text.length());
        if (bounds.step() == 1) {
            int start = text.offsetByCodePoints(0, (int) Math.min(bounds.start(), length));
            return text.substring(start, text.offsetByCodePoints(start, (int) bounds.count()));
        }
        int[] points = text.codePoints().toArray();
        StringBuilder slice = new StringBuilder();
        for (long i = 0, at = bounds.start(); i < bounds.count(); i++, at += bounds.step()) {
            slice.appendCodePoint(points[(int) at]);
        }
        return slice.toString();
    }

    private static @Nullable BigInteger bound(@Nullable Value bound) {
        return bound == null || bound == Value.None.NONE
                ? null
                : Arithmetic.whole(bound, "slice indices must be integers or None");
    }

    /** Null when there is no such element. */
    private @Nullable Value find(Value target, Value index) {
        if (target instanceof Value.Dict dict) {
            boolean hashable = !(index instanceof Value.ListValue) && !(index instanceof Value.Dict);
            return hashable ? dict.get(index) : null;
        }
        if (!Arithmetic.isWhole(index)) {
            return null;
        }
        BigInteger place = Arithmetic.whole(index, "");
        return switch (target) {
            case Value.Text(String text) -> character(text, place);
            case Value.ListValue(List<Value> items) -> element(items, place);
            case Value.Tuple tuple -> element(tuple.items(), place);
            case Value.Range range -> {
                int at = place(place, range.length());
                yield at < 0 ? null : Value.Int.of(range.start() + at * range.step());
            }
            default -> null;
        };
    }

    private @Nullable Value character(String text, BigInteger index) {
        budget.characters(text.length());
        int at = place(index, text.codePointCount(0, text.length()));
        return at < 0 ? null : new Value.Text(Character.toString(text.codePointAt(text.offsetByCodePoints(0, at))));
    }

    private static @Nullable Value element(List<Value> items, BigInteger index) {
        int at = place(index, items.size());
        return at < 0 ? null : items.get(at);
    }

    /** Counts from the end below zero; -1 when outside. */
    private static int place(BigInteger index, long length) {
        if (index.bitLength() > 31) {
            return -1;
        }
        long at = index.longValue() < 0 ? index.longValue() + length : index.longValue();
        return at >= 0 && at < length ? (int) at : -1;
    }

    private Optional<Value> method(Value target, String name) {
        if (isUnsafe(target, name)) {
            return Optional.of(new Value.Undefined(
                    "access to attribute '%s' of '%s' object is unsafe.".formatted(name, target.typeName())));
        }
        return switch (target) {
            case Value.Text(String text) -> strings.find(text, name);
            case Value.Tuple tuple when tuple.names().contains(name) ->
                Optional.of(tuple.items().get(tuple.names().indexOf(name)));
            case Value.Namespace namespace -> Optional.ofNullable(namespace.attributes().get(name));
            case Callable callable -> callable.attribute(name);
            default -> collections.find(target, name);
        };
    }

    private static boolean isUnsafe(Value target, String name) {
        return name.startsWith("__") && !(target instanceof Value.Dict dict && dict.get(name) != null)
                || target instanceof Value.Dict && DICT_CHANGES.contains(name)
                || target instanceof Value.ListValue && LIST_CHANGES.contains(name);
    }

    private static String describe(Value target) {
        return target == Value.None.NONE ? "None" : target.typeName() + " object";
    }
}
