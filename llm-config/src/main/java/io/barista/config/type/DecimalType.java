package io.barista.config.type;

import io.barista.config.OptionType;

/** A finite decimal number in a range. */
public final class DecimalType implements OptionType<Double> {

    private final double min;
    private final double max;
    private final boolean minIncluded;

    private DecimalType(double min, boolean minIncluded, double max) {
        this.min = min;
        this.minIncluded = minIncluded;
        this.max = max;
    }

    public static DecimalType atLeast(double min) {
        return new DecimalType(min, true, Double.POSITIVE_INFINITY);
    }

    public static DecimalType above(double min) {
        return new DecimalType(min, false, Double.POSITIVE_INFINITY);
    }

    public static DecimalType aboveUpTo(double min, double max) {
        return new DecimalType(min, false, max);
    }

    @Override
    public Double parse(Object raw) {
        double number = switch (raw) {
            case Number value -> value.doubleValue();
            case String text -> parseText(text, raw);
            default -> throw Shown.unexpected(describe(), raw);
        };
        boolean aboveMin = minIncluded ? number >= min : number > min;
        if (!Double.isFinite(number) || !aboveMin || number > max) {
            throw Shown.unexpected(describe(), raw);
        }
        return number;
    }

    @Override
    public String describe() {
        String lower = "a number " + (minIncluded ? "of at least " : "above ") + shown(min);
        return Double.isInfinite(max) ? lower : lower + " and at most " + shown(max);
    }

    private double parseText(String text, Object raw) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw Shown.unexpected(describe(), raw);
        }
    }

    private static String shown(double bound) {
        return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }
}
