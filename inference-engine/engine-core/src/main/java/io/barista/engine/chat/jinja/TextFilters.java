package io.barista.engine.chat.jinja;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Filters that make text of text. */
final class TextFilters {

    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern TITLE_PART = Pattern.compile("[-\\s({\\[<]+|[^-\\s({\\[<]+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private final Python python;

    TextFilters(Python python) {
        this.python = python;
    }

    void register(Map<String, Filter> filters) {
        filters.put("string", text("string", text -> text));
        filters.put("safe", text("safe", text -> text));
        filters.put("upper", text("upper", text -> text.toUpperCase(Locale.ROOT)));
        filters.put("lower", text("lower", text -> text.toLowerCase(Locale.ROOT)));
        filters.put("capitalize", text("capitalize", text -> new TextCases().capitalize(text)));
        filters.put("title", text("title", TextFilters::title));
        filters.put("escape", text("escape", TextFilters::escape));
        filters.put("e", text("escape", TextFilters::escape));
        filters.put("forceescape", text("forceescape", TextFilters::escape));
        filters.put("trim", this::trim);
        filters.put("replace", this::replace);
        filters.put("center", this::center);
        filters.put("indent", this::indent);
        filters.put("truncate", this::truncate);
        filters.put("format", this::format);
        filters.put("urlencode", this::urlEncode);
        filters.put("wordcount", (input, _) -> Value.Int.of(WORD.matcher(python.str(input)).results().count()));
    }

    private Filter text(String name, Function<String, String> change) {
        return (input, arguments) -> {
            arguments.bind(name);
            return python.budget.text(change.apply(python.str(input)));
        };
    }

    private static String title(String text) {
        Matcher parts = TITLE_PART.matcher(text);
        return parts.replaceAll(part -> {
            String word = part.group();
            int first = Character.charCount(word.codePointAt(0));
            return Matcher.quoteReplacement(
                    word.substring(0, first).toUpperCase(Locale.ROOT) + word.substring(first).toLowerCase(Locale.ROOT));
        });
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace("\"",
                "&#34;");
    }

    private Value trim(Value input, Arguments arguments) {
        @Nullable
        String unwanted = arguments.bind("trim", "chars").optionalText(0);
        return python.budget.text(Space.strip(python.str(input),
                unwanted == null ? Space::isSpace : point -> unwanted.indexOf(point) >= 0));
    }

    private Value replace(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
        int count = bound.get(2) == Value.None.NONE ? -1 : bound.integer(2, -1);
        return python.budget.text(TextReplacement.replace(python.budget, python.str(input),
                python.str(bound.required(0)), python.str(bound.required(1)), count));
    }

    private Value center(Value input, Arguments arguments) {
        int width = arguments.bind("center", "width").integer(0, 80);
        python.budget.characters(width);
        return python.budget.text(TextCases.center(python.str(input), width, ' '));
    }

    private Value indent(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("indent", "width", "first", "blank");
        String indent = bound.get(0) instanceof Value.Text(String given) ? given : spaces(bound.integer(0, 4));
        boolean blankToo = bound.flag(2, false);
        List<Value> lines = python.iteration.list(
                new TextSplits(python.budget).lines(text("indent", input) + "\n", Arguments.NONE));
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = python.str(lines.get(i));
            boolean indents = i == 0 ? bound.flag(1, false) : blankToo || !line.isEmpty();
            python.budget.append(out, (i == 0 ? "" : "\n") + (indents ? indent : "") + line);
        }
        return new Value.Text(out.toString());
    }

    private static String text(String filter, Value input) {
        return Arguments.of(input).bind(filter, "value").text(0);
    }

    private String spaces(int count) {
        python.budget.characters(count);
        return " ".repeat(Math.max(0, count));
    }

    private Value truncate(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        if (python.iteration.length(input) <= bound.integer(0, 255) + (long) bound.integer(3, 5)) {
            return input;
        }
        String text = text("truncate", input);
        int length = bound.integer(0, 255);
        String end = bound.text(2, "...");
        int characters = text.codePointCount(0, text.length());
        int keep = Math.clamp((long) length - end.length(), 0, characters);
        String kept = text.substring(0, text.offsetByCodePoints(0, keep));
        int lastSpace = kept.lastIndexOf(' ');
        String cut = bound.flag(1, false) || lastSpace < 0 ? kept : kept.substring(0, lastSpace);
        return python.budget.text(cut + end);
    }

    private Value format(Value input, Arguments arguments) {
        Value values = arguments.named().isEmpty()
                ? new Value.Tuple(arguments.positional())
                : new Value.Dict(arguments.named().entrySet().stream()
                        .collect(Collectors.toMap(entry -> new Value.Text(entry.getKey()), Map.Entry::getValue)));
        return python.arithmetic.apply(Expression.ArithmeticOperator.MODULO, new Value.Text(python.str(input)), values);
    }

    private Value urlEncode(Value input, Arguments arguments) {
        arguments.bind("urlencode");
        if (input instanceof Value.Dict(Map<Value, Value> entries)) {
            return python.budget.text(entries.entrySet().stream()
                    .map(entry -> URLEncoder.encode(python.str(entry.getKey()), StandardCharsets.UTF_8) + "="
                            + URLEncoder.encode(python.str(entry.getValue()), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&")));
        }
        return python.budget.text(URLEncoder.encode(python.str(input), StandardCharsets.UTF_8).replace("+", "%20")
                .replace("%2F", "/").replace("%7E", "~").replace("*", "%2A"));
    }
}
