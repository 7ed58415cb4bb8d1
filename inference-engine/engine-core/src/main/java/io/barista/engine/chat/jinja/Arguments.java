package io.barista.engine.chat.jinja;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The evaluated arguments of a call. */
record Arguments(List<Value> positional, Map<String, Value> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** Gives each parameter its argument, by position or name, as Python does. */
    Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw JinjaException.runtime("%s() takes at most %d arguments (%d given)", function, parameters.length,
                    positional.size());
        }
        @Nullable
        Value[] values = Arrays.copyOf(positional.toArray(Value[]::new), parameters.length);
        named.forEach((name, value) -> {
            int index = List.of(parameters).indexOf(name);
            if (index < 0 || values[index] != null) {
                throw JinjaException.runtime("%s() got %s argument '%s'", function,
                        index < 0 ? "an unexpected keyword" : "multiple values for", name);
            }
            values[index] = value;
        });
        return new Bound(function, List.of(parameters), values);
    }

    /** Arguments by the place of their parameter. */
    record Bound(String function, List<String> parameters, @Nullable Value[] values) {

        /** Null when not given. */
        @Nullable
        Value get(int index) {
            return values[index];
        }

        Value get(int index, Value standard) {
            Value value = values[index];
            return value == null ? standard : value;
        }

        Value required(int index) {
            Value value = values[index];
            if (value == null) {
                throw JinjaException.runtime("%s() missing required argument: '%s'", function, parameters.get(index));
            }
            return value;
        }

        boolean flag(int index, boolean standard) {
            Value value = values[index];
            return value == null ? standard : value.isTrue();
        }

        String text(int index) {
            return text(required(index));
        }

        String text(int index, String standard) {
            Value value = values[index];
            return value == null ? standard : text(value);
        }

        /** Null when not given or None. */
        @Nullable
        String optionalText(int index) {
            Value value = values[index];
            return value == null || value == Value.None.NONE ? null : text(value);
        }

        int integer(int index, int standard) {
            Value value = values[index];
            return value == null ? standard : integer(value);
        }

        int integer(int index) {
            return integer(required(index));
        }

        private String text(Value value) {
            return switch (value) {
                case Value.Text(String text) -> text;
                case Value.Undefined undefined -> throw undefined.used();
                default -> throw JinjaException.runtime("%s() argument must be str, not %s", function,
                        value.typeName());
            };
        }

        private int integer(Value value) {
            return switch (value) {
                case Value.Int(BigInteger number) when number.bitLength() < Integer.SIZE -> number.intValue();
                case Value.Int _ -> throw JinjaException.limit("%s() got a number out of range", function);
                case Value.Bool bool -> bool.isTrue() ? 1 : 0;
                case Value.Undefined undefined -> throw undefined.used();
                default -> throw JinjaException.runtime("'%s' object cannot be interpreted as an integer",
                        value.typeName());
            };
        }
    }
}
