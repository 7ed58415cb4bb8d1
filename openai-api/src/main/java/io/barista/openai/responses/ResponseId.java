package io.barista.openai.responses;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ids of responses. Whoever stands before several replicas gives each a tag in {@link #REPLICA_HEADER}; it becomes a part of the
 * ids that the replica makes, so that everybody in front finds the replica that holds a response from the id alone.
 */
public final class ResponseId {

    public static final String REPLICA_HEADER = "x-barista-replica";

    private static final Pattern TAG = Pattern.compile("[0-9a-f]{8}");
    private static final Pattern TAGGED = Pattern.compile("resp_([0-9a-f]{8})_[0-9a-f]{32}");

    private ResponseId() {}

    /** @param tag of the replica; left out when it is none */
    public static String next(@Nullable String tag) {
        String unique = unique();
        return tag != null && TAG.matcher(tag).matches() ? "resp_" + tag + "_" + unique : "resp_" + unique;
    }

    /** The id of an item of a response. */
    public static String item(String prefix) {
        return prefix + unique();
    }

    /** Which replica made the id, if it had a tag. */
    public static Optional<String> tagOf(String id) {
        Matcher matcher = TAGGED.matcher(id);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String unique() {
        return UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT);
    }
}
