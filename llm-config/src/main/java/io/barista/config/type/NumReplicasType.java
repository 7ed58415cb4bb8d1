package io.barista.config.type;

import io.barista.config.NumReplicas;
import io.barista.config.OptionType;

/** A number of replicas, or {@code auto}. */
public final class NumReplicasType implements OptionType<NumReplicas> {

    private static final String WORD = "auto";
    private static final IntegerType COUNT = IntegerType.atLeast(1);

    @Override
    public NumReplicas parse(Object raw) {
        if (raw instanceof String text && text.strip().equalsIgnoreCase(WORD)) {
            return new NumReplicas.Auto();
        }
        try {
            return new NumReplicas.Fixed(COUNT.parse(raw));
        } catch (IllegalArgumentException e) {
            throw Shown.unexpected(describe(), raw);
        }
    }

    @Override
    public String describe() {
        return COUNT.describe() + " or " + WORD;
    }
}
