package io.barista.config.type;

import io.barista.config.OptionType;

/** A value that nothing here needs and nobody may see: it is dropped where it is read. */
public final class SecretType implements OptionType<String> {

    @Override
    public String parse(Object raw) {
        return "(secret)";
    }

    @Override
    public String describe() {
        return "a secret";
    }
}
