package io.barista.engine.chat.tools;

import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code {"name": "f", "parameters": {...}}}, several of them after {@code ;}, perhaps behind {@code <|python_tag|>}, as Llama 3 writes it.
 *
 * <p>Without the tag it is JSON like any other, so a call must have its arguments or name a function that the request offers, and among
 * other text both. Whatever is no call is content.
 */
final class LlamaCalls extends JsonCallReader {

    private static final String TAG = "<|python_tag|>";
    private static final String BRACE = "{";
    private static final Pattern SEPARATOR = Pattern.compile("\\s*[;,]\\s*(?=\\{|<\\|python_tag\\|>)");

    static final ToolCallFormat FORMAT = ToolCallFormat.of(Set.of(TAG), LlamaCalls::new);

    private final ToolSignatures tools;
    private boolean tagged;

    private LlamaCalls(ToolSignatures tools, Supplier<String> callIds) {
        super(Set.of(TAG, BRACE), callIds);
        this.tools = tools;
    }

    @Override
    void begin(String opening) {
        tagged = opening.equals(TAG);
        if (tagged) {
            beginCall();
        } else {
            beginBehindBrace();
        }
    }

    @Override
    Progress readEnd(boolean last) {
        Matcher separator = SEPARATOR.matcher(pending);
        if (separator.lookingAt()) {
            pending.delete(0, separator.end());
        } else if (!last && separator.hitEnd()) {
            return Progress.WAIT;
        }
        return Progress.DONE;
    }

    @Override
    boolean isMeant(String function, boolean hasArguments) {
        return tagged
                || (hasArguments ? isAtStart() || tools.mayOffer(function) : isAtStart() && tools.offers(function));
    }
}
