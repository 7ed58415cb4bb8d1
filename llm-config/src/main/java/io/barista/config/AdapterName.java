package io.barista.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** What an adapter may be called: the part of {@code base:name} behind the colon, and its folder under {@code dynamic_lora_loading_path}. */
public final class AdapterName {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private AdapterName() {}

    /** Whether it may be the name of an adapter; no such name leads out of a folder. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** What is to be told of a text that is none. */
    public static String refusal(String text) {
        return "'%s' is no name: letters, digits, '.', '_' and '-', 128 at most".formatted(text);
    }

    /**
     * The name of the adapter at an address right under a root; empty when it is no such address.
     *
     * @param root without a slash at its end
     */
    public static Optional<String> under(String root, String address) {
        String path = address.replaceFirst("/+$", "");
        return path.startsWith(root + "/")
                ? Optional.of(path.substring(root.length() + 1)).filter(AdapterName::isName)
                : Optional.empty();
    }
}
