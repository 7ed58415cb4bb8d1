package io.barista.engine.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Python value, as far as a template can have one. Lists and dicts are not changed after construction: the sandbox forbids it. */
sealed interface Value permits Value.None, Value.Bool, Value.Int, Value.Real, Value.Text, Value.ListValue, Value.Tuple,
        Value.Dict, Value.Range, Value.View, Value.Generator, Value.Undefined, Value.Namespace, Callable {

    /** Python's name of the type, for messages. */
    String typeName();

    boolean isTrue();

    enum None implements Value {

        NONE;

        @Override
        public String typeName() {
            return "NoneType";
        }

        @Override
        public boolean isTrue() {
            return false;
        }
    }

    enum Bool implements Value {

        FALSE, TRUE;

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }

        @Override
        public String typeName() {
            return "bool";
        }

        @Override
        public boolean isTrue() {
            return this == TRUE;
        }
    }

    record Int(BigInteger value) implements Value {

        static Int of(long value) {
            return new Int(BigInteger.valueOf(value));
        }

        @Override
        public String typeName() {
            return "int";
        }

        @Override
        public boolean isTrue() {
            return value.signum() != 0;
        }
    }

    /** Python's float. */
    record Real(double value) implements Value {

        @Override
        public String typeName() {
            return "float";
        }

        @Override
        public boolean isTrue() {
            return value != 0;
        }
    }

    /** Python's str. Its characters are code points, whatever Java thinks. */
    record Text(String value) implements Value {

        @Override
        public String typeName() {
            return "str";
        }

        @Override
        public boolean isTrue() {
            return !value.isEmpty();
        }
    }

    record ListValue(List<Value> items) implements Value {

        @Override
        public String typeName() {
            return "list";
        }

        @Override
        public boolean isTrue() {
            return !items.isEmpty();
        }
    }

    /** @param names of the items, when they can be reached by name too, else empty */
    record Tuple(List<Value> items, List<String> names) implements Value {

        Tuple(List<Value> items) {
            this(items, List.of());
        }

        static Tuple of(Value... items) {
            return new Tuple(List.of(items));
        }

        @Override
        public String typeName() {
            return "tuple";
        }

        @Override
        public boolean isTrue() {
            return !items.isEmpty();
        }
    }

    /** In the order of insertion. */
    record Dict(Map<Value, Value> entries) implements Value {

        @Nullable
        Value get(Value key) {
            return entries.get(key(key));
        }

        @Nullable
        Value get(String key) {
            return entries.get(new Text(key));
        }

        /** Numbers that are equal are one key: 1, 1.0 and True. */
        static Value key(Value key) {
            return switch (key) {
                case Bool bool -> Int.of(bool.isTrue() ? 1 : 0);
                case Real(double value) when value == Math.rint(value) && Math.abs(value) < 1e18 ->
                    Int.of((long) value);
                case ListValue _,Dict _ -> throw JinjaException.runtime("unhashable type: '%s'", key.typeName());
                case None _,Int _,Real _,Text _,Tuple _,Range _,View _,Generator _,Undefined _,Namespace _,Callable _ ->
                    key;
            };
        }

        @Override
        public String typeName() {
            return "dict";
        }

        @Override
        public boolean isTrue() {
            return !entries.isEmpty();
        }
    }

    record Range(long start, long stop, long step) implements Value {

        long length() {
            long span = step > 0 ? stop - start : start - stop;
            return span <= 0 ? 0 : (span - 1) / Math.abs(step) + 1;
        }

        @Override
        public String typeName() {
            return "range";
        }

        @Override
        public boolean isTrue() {
            return length() > 0;
        }
    }

    /** What a dict's keys(), values() and items() give: iterable, of a known length, but no list. */
    record View(String typeName, List<Value> items) implements Value {

        @Override
        public boolean isTrue() {
            return !items.isEmpty();
        }
    }

    /** What filters like map and select give: it can be iterated once and has no length. */
    record Generator(Iterator<Value> items) implements Value {

        @Override
        public String typeName() {
            return "generator";
        }

        @Override
        public boolean isTrue() {
            return true;
        }
    }

    /** What a name or attribute without a value gives: empty where it is written, an error where it is used. */
    record Undefined(String message) implements Value {

        @Override
        public String typeName() {
            return "Undefined";
        }

        @Override
        public boolean isTrue() {
            return false;
        }

        JinjaException used() {
            return JinjaException.runtime("%s", message);
        }
    }

    /** The one value whose attributes a template can set. */
    record Namespace(Map<String, Value> attributes) implements Value {

        @Override
        public String typeName() {
            return "Namespace";
        }

        @Override
        public boolean isTrue() {
            return true;
        }
    }

    /**
     * The value of a JSON value.
     *
     * @throws IllegalArgumentException for anything but maps, collections, strings, numbers, booleans and null
     */
    static Value ofJson(@Nullable Object json) {
        return switch (json) {
            case null -> None.NONE;
            case String text -> new Text(text);
            case Boolean bool -> Bool.of(bool);
            case Integer number -> Int.of(number);
            case Long number -> Int.of(number);
            case Short number -> Int.of(number);
            case Byte number -> Int.of(number);
            case BigInteger number -> new Int(number);
            case Number number -> new Real(number.doubleValue());
            case Map<?, ?> map -> {
                Map<Value, Value> entries = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((key, value) -> entries.put(new Text(String.valueOf(key)), ofJson(value)));
                yield new Dict(entries);
            }
            case Collection<?> collection -> {
                List<Value> items = new ArrayList<>(collection.size());
                collection.forEach(item -> items.add(ofJson(item)));
                yield new ListValue(items);
            }
            default -> throw new IllegalArgumentException("no JSON value: " + json.getClass().getName());
        };
    }
}
