package io.barista.config.type;

import io.barista.config.OptionType;
import java.util.Locale;

/** True or false, also as quoted text and as 0 or 1. */
public final class BooleanType implements OptionType<Boolean> {

    @Override
    public Boolean parse(Object raw) {
        return switch (String.valueOf(raw).strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw Shown.unexpected(describe(), raw);
        };
    }

    @Override
    public String describe() {
        return "true or false";
    }

    @Override
    public boolean isFlag() {
        return true;
    }
}
