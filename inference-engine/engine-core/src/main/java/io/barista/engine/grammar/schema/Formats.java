package io.barista.engine.grammar.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Regular expressions of the string formats that are enforced; every other format is an annotation. */
final class Formats {

    private static final String MONTH_AND_DAY = "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";
    private static final String LEAP_DAY = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])"
            + "|(?:[02468][048]|[13579][26])00)-02-29";
    private static final String DATE = "(?:[0-9]{4}-" + MONTH_AND_DAY + "|" + LEAP_DAY + ")";
    private static final String TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?"
            + "(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])";
    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9]{0,15}-?[a-zA-Z0-9]{1,15})?";
    private static final String HOSTNAME = LABEL + "(?:\\." + LABEL + "){0,4}";
    private static final String MAILBOX = "[a-zA-Z0-9][a-zA-Z0-9_+-]{0,19}";
    private static final String DOMAIN = "(?:[a-z0-9]{1,20}\\.){1,2}[a-z]{2,10}";
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String HEX = "[0-9a-fA-F]{1,4}";
    private static final String IPV6 = "(?:(?:" + HEX + ":){7}" + HEX + "|::(?:" + HEX + "(?::" + HEX + "){0,5})?"
            + "|" + HEX + "::(?:" + HEX + "(?::" + HEX + "){0,4})?"
            + "|" + HEX + ":" + HEX + "::(?:" + HEX + "(?::" + HEX + "){0,3})?)";
    private static final String DURATION = "P(?:[0-9]{1,4}W|(?:" + unit("Y", unit("M", unit("D", null))) + "|"
            + unit("M", unit("D", null)) + "|" + unit("D", null) + ")(?:T(?:" + time() + "))?|T(?:" + time() + "))";
    private static final String PATH = "[a-zA-Z0-9._~!$&'()*+,;=:@-]";

    private static final Map<String, String> PATTERNS = Map.of(
            "date", DATE,
            "time", TIME,
            "date-time", DATE + "T" + TIME,
            "duration", DURATION,
            "email", MAILBOX + "(?:\\." + MAILBOX + "){0,2}@" + DOMAIN,
            "uuid", "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
            "ipv4", "(?:" + BYTE + "\\.){3}" + BYTE,
            "ipv6", IPV6,
            "hostname", HOSTNAME,
            "uri", "[a-z][a-z0-9]{1,11}://" + DOMAIN + "(?::[1-9][0-9]{0,3})?(?:/" + PATH + "*)*"
                    + "(?:\\?[a-zA-Z0-9._~&=+-]*)?(?:#[a-zA-Z0-9._~-]*)?");

    private Formats() {}

    /** Null for a format that is not enforced. */
    @Nullable
    static String pattern(String format) {
        return PATTERNS.get(format);
    }

    private static String unit(String letter, @Nullable String smaller) {
        return "[0-9]{1,4}" + letter + (smaller == null ? "" : "(?:" + smaller + ")?");
    }

    private static String time() {
        return unit("H", unit("M", unit("S", null))) + "|" + unit("M", unit("S", null)) + "|" + unit("S", null);
    }
}
