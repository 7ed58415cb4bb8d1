package io.barista.config.type;

import io.barista.config.OptionType;

/** Any value, for keys whose value is not looked at. */
public final class AnyType implements OptionType<Object> {

    @Override
    public Object parse(Object raw) {
        return raw;
    }

    @Override
    public String describe() {
        return "any value";
    }
}
