package io.barista.engine.chat.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str. */
final class StringMethods {

    /** What a method does with its text. */
    @FunctionalInterface
    private interface Method {

        Value call(String text, Arguments arguments);
    }

    private final Budget budget;
    private final Iteration iteration;
    private final Map<String, Method> methods;

    StringMethods(Budget budget, Iteration iteration, BraceFormat braceFormat) {
        this.budget = budget;
        this.iteration = iteration;
        TextSplits splits = new TextSplits(budget);
        TextCases cases = new TextCases();
        this.methods = Map.ofEntries(
                Map.entry("strip", (text, arguments) -> strip("strip", text, arguments)),
                Map.entry("lstrip", (text, arguments) -> strip("lstrip", text, arguments)),
                Map.entry("rstrip", (text, arguments) -> strip("rstrip", text, arguments)),
                Map.entry("split", splits::split),
                Map.entry("rsplit", splits::rightSplit),
                Map.entry("splitlines", splits::lines),
                Map.entry("partition", splits::partition),
                Map.entry("rpartition", splits::rightPartition),
                Map.entry("startswith", (text, arguments) -> affix("startswith", text, arguments)),
                Map.entry("endswith", (text, arguments) -> affix("endswith", text, arguments)),
                Map.entry("removeprefix", StringMethods::removePrefix),
                Map.entry("removesuffix", StringMethods::removeSuffix),
                Map.entry("replace", this::replace),
                Map.entry("join", this::join),
                Map.entry("find", (text, arguments) -> Value.Int.of(find("find", text, arguments))),
                Map.entry("rfind", (text, arguments) -> Value.Int.of(find("rfind", text, arguments))),
                Map.entry("index", (text, arguments) -> index("index", "find", text, arguments)),
                Map.entry("rindex", (text, arguments) -> index("rindex", "rfind", text, arguments)),
                Map.entry("count", this::count),
                Map.entry("upper", (text, _) -> budget.text(text.toUpperCase(Locale.ROOT))),
                Map.entry("lower", (text, _) -> budget.text(text.toLowerCase(Locale.ROOT))),
                Map.entry("casefold", (text, _) -> budget.text(text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT))),
                Map.entry("title", (text, _) -> budget.text(cases.title(text))),
                Map.entry("capitalize", (text, _) -> budget.text(cases.capitalize(text))),
                Map.entry("swapcase", (text, _) -> budget.text(cases.swap(text))),
                Map.entry("center", (text, arguments) -> pad("center", '^', text, arguments)),
                Map.entry("ljust", (text, arguments) -> pad("ljust", '<', text, arguments)),
                Map.entry("rjust", (text, arguments) -> pad("rjust", '>', text, arguments)),
                Map.entry("zfill", this::zeroFill),
                Map.entry("format", (text, arguments) -> budget.text(braceFormat.format(text, arguments))),
                Map.entry("isdigit", (text, _) -> all(text, TextCases::isDigit)),
                Map.entry("isdecimal", (text, _) -> all(text, Character::isDigit)),
                Map.entry("isnumeric", (text, _) -> all(text, TextCases::isNumeric)),
                Map.entry("isalpha", (text, _) -> all(text, Character::isLetter)),
                Map.entry("isalnum", (text, _) -> all(text, Character::isLetterOrDigit)),
                Map.entry("isspace", (text, _) -> all(text, Space::isSpace)),
                Map.entry("isascii", (text, _) -> Value.Bool.of(text.chars().allMatch(c -> c < 0x80))),
                Map.entry("isupper", (text, _) -> Value.Bool.of(cases.isUpper(text))),
                Map.entry("islower", (text, _) -> Value.Bool.of(cases.isLower(text))),
                Map.entry("istitle", (text, _) -> Value.Bool.of(cases.isTitle(text))));
    }

    Optional<Value> find(String text, String name) {
        Method method = methods.get(name);
        return method == null ? Optional.empty() : Optional.of(new Function(name, arguments -> {
            budget.characters(text.length());
            return method.call(text, arguments);
        }));
    }

    private Value strip(String side, String text, Arguments arguments) {
        @Nullable
        String unwanted = arguments.bind(side, "chars").optionalText(0);
        IntPredicate strips = unwanted == null ? Space::isSpace : point -> unwanted.indexOf(point) >= 0;
        return budget.text(switch (side) {
            case "lstrip" -> Space.stripStart(text, strips);
            case "rstrip" -> Space.stripEnd(text, strips);
            default -> Space.strip(text, strips);
        });
    }

    private Value affix(String function, String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind(function, "affix", "start", "end");
        String part = part(text, bound);
        List<Value> affixes = bound.required(0) instanceof Value.Tuple tuple
                ? tuple.items()
                : List.of(bound.required(0));
        return Value.Bool.of(affixes.stream().anyMatch(affix -> {
            String wanted = Arguments.of(affix).bind(function, "affix").text(0);
            return function.equals("startswith") ? part.startsWith(wanted) : part.endsWith(wanted);
        }));
    }

    /** What start and end, the second and third parameter, leave of the text. */
    private static String part(String text, Arguments.Bound bound) {
        int length = text.codePointCount(0, text.length());
        int start = clamp(bound.integer(1, 0), length);
        int end = bound.get(2) == Value.None.NONE ? length : clamp(bound.integer(2, length), length);
        return start >= end ? "" : text.substring(text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, end));
    }

    private static int clamp(int index, int length) {
        return Math.clamp(index < 0 ? (long) index + length : index, 0, length);
    }

    private static Value removePrefix(String text, Arguments arguments) {
        String prefix = arguments.bind("removeprefix", "prefix").text(0);
        return new Value.Text(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
    }

    private static Value removeSuffix(String text, Arguments arguments) {
        String suffix = arguments.bind("removesuffix", "suffix").text(0);
        return new Value.Text(text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
    }

    private Value replace(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
        return budget.text(TextReplacement.replace(budget, text, bound.text(0), bound.text(1), bound.integer(2, -1)));
    }

    private Value join(String separator, Arguments arguments) {
        StringBuilder joined = new StringBuilder();
        int count = 0;
        for (Value item : iteration.list(arguments.bind("join", "iterable").required(0))) {
            if (!(item instanceof Value.Text(String part))) {
                throw JinjaException.runtime("sequence item %d: expected str instance, %s found", count,
                        item.typeName());
            }
            budget.append(joined, count++ == 0 ? "" : separator);
            budget.append(joined, part);
        }
        return new Value.Text(joined.toString());
    }

    private static int find(String function, String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind(function, "sub", "start", "end");
        String part = part(text, bound);
        int at = function.equals("find") ? part.indexOf(bound.text(0)) : part.lastIndexOf(bound.text(0));
        int start = clamp(bound.integer(1, 0), text.codePointCount(0, text.length()));
        return at < 0 ? -1 : start + part.codePointCount(0, at);
    }

    private static Value index(String function, String search, String text, Arguments arguments) {
        int at = find(search, text, arguments);
        if (at < 0) {
            throw JinjaException.runtime("%s(): substring not found", function);
        }
        return Value.Int.of(at);
    }

    private Value count(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("count", "sub", "start", "end");
        String part = part(text, bound);
        String wanted = bound.text(0);
        if (wanted.isEmpty()) {
            return Value.Int.of(part.codePointCount(0, part.length()) + 1L);
        }
        long count = 0;
        for (int at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return Value.Int.of(count);
    }

    private Value pad(String function, char alignment, String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind(function, "width", "fillchar");
        String fill = bound.text(1, " ");
        if (fill.length() != 1) {
            throw JinjaException.runtime("The fill character must be exactly one character long");
        }
        budget.characters(bound.integer(0));
        return new Value.Text(alignment == '^'
                ? TextCases.center(text, bound.integer(0), fill.charAt(0))
                : NumberFormat.padded(text, bound.integer(0), alignment, fill.charAt(0)));
    }

    private Value zeroFill(String text, Arguments arguments) {
        int width = arguments.bind("zfill", "width").integer(0);
        budget.characters(width);
        return new Value.Text(text.startsWith(" ")
                ? NumberFormat.padded(text, width, '>', '0')
                : NumberFormat.padded(text, width, '=', '0'));
    }

    private static Value all(String text, IntPredicate predicate) {
        return Value.Bool.of(!text.isEmpty() && text.codePoints().allMatch(predicate));
    }
}
