package io.barista.engine.model.quantization;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Modules as compressed-tensors names them: by name, by the class {@code Linear}, or by a regular expression after {@code re:}. */
record ModulePatterns(List<String> names, List<Pattern> expressions) {

    private static final String EXPRESSION = "re:";
    private static final String EVERY_PROJECTION = "Linear";

    static ModulePatterns of(List<String> patterns) {
        return new ModulePatterns(patterns.stream().filter(pattern -> !pattern.startsWith(EXPRESSION)).toList(),
                patterns.stream().filter(pattern -> pattern.startsWith(EXPRESSION))
                        .map(pattern -> compile(pattern.substring(EXPRESSION.length()))).toList());
    }

    boolean match(String module) {
        return names.contains(EVERY_PROJECTION) || names.contains(module)
                || expressions.stream().anyMatch(expression -> expression.matcher(module).lookingAt());
    }

    private static Pattern compile(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw Scales.invalid("config.json: quantization_config: 're:%s' is not a regular expression: %s",
                    expression, e.getDescription());
        }
    }
}
