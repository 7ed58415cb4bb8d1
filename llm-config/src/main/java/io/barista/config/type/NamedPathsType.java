package io.barista.config.type;

import io.barista.config.OptionType;
import java.util.List;
import java.util.Map;

/** Paths by name; who uses them reads each entry. */
public final class NamedPathsType implements OptionType<Object> {

    @Override
    public Object parse(Object raw) {
        if (raw instanceof String || raw instanceof List || raw instanceof Map) {
            return raw;
        }
        throw Shown.unexpected(describe(), raw);
    }

    @Override
    public String describe() {
        return "name=path or {name, path}, or a list of them";
    }

    @Override
    public boolean takesSeveral() {
        return true;
    }
}
