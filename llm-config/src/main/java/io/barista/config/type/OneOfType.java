package io.barista.config.type;

import io.barista.config.OptionType;
import java.util.List;
import java.util.stream.Collectors;

/** One of a few whole numbers. */
public final class OneOfType implements OptionType<Integer> {

    private final List<Integer> allowed;

    private OneOfType(List<Integer> allowed) {
        this.allowed = allowed;
    }

    public static OneOfType of(Integer... allowed) {
        return new OneOfType(List.of(allowed));
    }

    @Override
    public Integer parse(Object raw) {
        return WholeNumbers.parse(raw, false).filter(number -> number.bitLength() < Integer.SIZE)
                .map(number -> number.intValueExact()).filter(allowed::contains)
                .orElseThrow(() -> Shown.unexpected(describe(), raw));
    }

    @Override
    public String describe() {
        return "one of " + allowed.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
