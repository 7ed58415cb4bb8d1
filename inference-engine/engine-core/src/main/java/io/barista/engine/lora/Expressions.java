package io.barista.engine.lora;

import io.barista.engine.EngineException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The regular expressions in one adapter's configuration. Some that people write would be tried in more ways than anyone has time for, and
 * nothing interrupts that, so each match, and all of them together, may read so many characters only. For one thread.
 */
final class Expressions {

    /** Seconds. An expression for the rank of each module of a model of 126 layers reads less than half of it. */
    private static final int MOST_READS = 500_000_000;

    /** Milliseconds. A name has some 40 characters. */
    private static final int MOST_READS_OF_A_MATCH = 1_000_000;

    /** Of counted repetitions inside one another, since what is repeated may read nothing. */
    private static final int MOST_REPETITIONS = 1_000;
    private static final Pattern COUNT = Pattern.compile("[{,](\\d+)");

    private int reads;

    /**
     * Whether a whole name matches. Testing it throws INVALID_MODEL when that takes too long.
     *
     * @param place where the expression stands, for messages
     * @throws EngineException INVALID_MODEL when it is none
     */
    Predicate<String> of(String place, String expression) {
        if (repetitions(expression) > MOST_REPETITIONS) {
            throw tooSlow(place);
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw invalid(place, "is no regular expression: " + e.getDescription());
        }
        return name -> pattern.matcher(new Counted(name, place)).matches();
    }

    private static double repetitions(String expression) {
        return COUNT.matcher(expression).results().mapToDouble(count -> Double.parseDouble(count.group(1)))
                .filter(count -> count > 1).reduce(1, (one, other) -> one * other);
    }

    private static EngineException tooSlow(String place) {
        return invalid(place, "takes too long to match: simplify it, or list the modules by name");
    }

    private static EngineException invalid(String place, String reason) {
        return EngineException.of(EngineException.Code.INVALID_MODEL, "adapter_config.json: %s %s", place, reason);
    }

    private final class Counted implements CharSequence {

        private final String text;
        private final String place;
        private final int mostReads = Math.min(reads + MOST_READS_OF_A_MATCH, MOST_READS);

        private Counted(String text, String place) {
            this.text = text;
            this.place = place;
        }

        @Override
        public char charAt(int index) {
            if (++reads > mostReads) {
                throw tooSlow(place);
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
