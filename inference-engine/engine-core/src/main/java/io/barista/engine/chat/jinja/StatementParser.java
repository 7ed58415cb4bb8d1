package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Statement.Macro;
import io.barista.engine.chat.jinja.Statement.Parameter;
import io.barista.engine.chat.jinja.Statement.Target;
import io.barista.engine.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a template's text and tags into statements. */
final class StatementParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    /** Loops around the current statement, within its macro. */
    private int loops;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** @throws JinjaException SYNTAX, with the line */
    static List<Statement> parse(String source) {
        return new StatementParser(new TokenStream(Lexer.tokens(source))).parseUntil(Set.of());
    }

    /** Stops in front of the name of an end tag, behind its <code>{%</code>; without end tags at the end of the source. */
    private List<Statement> parseUntil(Set<String> endTags) {
        tokens.enter();
        int start = tokens.current().line();
        List<Statement> statements = new ArrayList<>();
        while (!tokens.at(Kind.END)) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Text(token.text(), token.line()));
                case PRINT_BEGIN -> {
                    statements.add(new Statement.Print(expressions.parseTuple(true), token.line()));
                    tokens.expect(Kind.PRINT_END, "}}");
                }
                case BLOCK_BEGIN -> {
                    if (tokens.at(Kind.NAME) && endTags.contains(tokens.current().text())) {
                        tokens.leave();
                        return statements;
                    }
                    statements.add(parseStatement());
                    tokens.expect(Kind.BLOCK_END, "%}");
                }
                case PRINT_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END ->
                    throw JinjaException.syntax(token.line(), "unexpected %s", token.describe());
            }
        }
        if (!endTags.isEmpty()) {
            throw JinjaException.syntax(start, "the block that begins here has no %s", String.join(" or ", endTags));
        }
        tokens.leave();
        return statements;
    }

    private Statement parseStatement() {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> parseIf(line);
            case "for" -> parseFor(line);
            case "set" -> parseSet(line);
            case "macro" -> parseMacro(line);
            case "call" -> parseCallBlock(line);
            case "filter" -> new Statement.FilterBlock(expressions.parseFilters(null), parseBody("endfilter"), line);
            case "with" -> parseWith(line);
            case "print" -> parsePrint(line);
            case "generation" -> new Statement.Scoped(parseBody("endgeneration"), line);
            case "block" -> parseBlock(line);
            case "break" -> inLoop(new Statement.Break(line));
            case "continue" -> inLoop(new Statement.Continue(line));
            case "include", "import", "from", "extends" -> throw JinjaException.syntax(line,
                    "'%s' is not available: a chat template cannot load other templates", tag.text());
            default -> throw JinjaException.syntax(line, "unknown tag '%s'", tag.text());
        };
    }

    private Statement inLoop(Statement statement) {
        if (loops == 0) {
            throw JinjaException.syntax(statement.line(), "break and continue belong in a loop");
        }
        return statement;
    }

    /** The rest of a tag, the statements behind it, and the name of its end tag. */
    private List<Statement> parseBody(String endTag) {
        List<Statement> body = parseBodyUntil(Set.of(endTag));
        tokens.next();
        return body;
    }

    private List<Statement> parseBodyUntil(Set<String> endTags) {
        tokens.skipOperator(":");
        tokens.expect(Kind.BLOCK_END, "%}");
        return parseUntil(endTags);
    }

    private Statement parseIf(int line) {
        Expression test = expressions.parseTuple(false);
        List<Statement> then = parseBodyUntil(Set.of("elif", "else", "endif"));
        Token end = tokens.next();
        List<Statement> otherwise = switch (end.text()) {
            case "elif" -> {
                tokens.enter();
                List<Statement> next = List.of(parseIf(end.line()));
                tokens.leave();
                yield next;
            }
            case "else" -> parseBody("endif");
            default -> List.of();
        };
        return new Statement.If(test, then, otherwise, line);
    }

    private Statement parseFor(int line) {
        Target target = parseTarget(false);
        tokens.expectName("in");
        Expression items = expressions.parseTuple(false);
        Expression filter = tokens.skipName("if") ? expressions.parse() : null;
        boolean recursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = parseBodyUntil(Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = tokens.next().text().equals("else") ? parseBody("endfor") : List.of();
        return new Statement.For(target, items, filter, recursive, body, otherwise, line);
    }

    private Statement parseSet(int line) {
        Target target = parseTarget(true);
        if (tokens.skipOperator("=")) {
            return new Statement.SetValue(target, expressions.parseTuple(true), line);
        }
        Expression.Filter filter = null;
        if (tokens.skipOperator("|")) {
            filter = expressions.parseFilters(null);
        }
        return new Statement.SetBlock(target, filter, parseBody("endset"), line);
    }

    private Statement parseMacro(int line) {
        String name = tokens.expect(Kind.NAME, "the macro's name").text();
        return new Statement.DefineMacro(parseMacroBody(name, parseParameters(), "endmacro"), line);
    }

    private Statement parseCallBlock(int line) {
        List<Parameter> parameters = tokens.atOperator("(") ? parseParameters() : List.of();
        if (!(expressions.parse() instanceof Expression.Call call)) {
            throw JinjaException.syntax(line, "expected a call");
        }
        return new Statement.CallBlock(call, parseMacroBody("", parameters, "endcall"), line);
    }

    private Macro parseMacroBody(String name, List<Parameter> parameters, String endTag) {
        Set<String> names = new HashSet<>();
        Set<String> outerNames = expressions.collectNames(names);
        int outerLoops = loops;
        loops = 0;
        List<Statement> body = parseBody(endTag);
        loops = outerLoops;
        outerNames.addAll(names);
        expressions.collectNames(outerNames);
        return new Macro(name, parameters, body, Set.copyOf(names));
    }

    private List<Parameter> parseParameters() {
        tokens.expectOperator("(");
        List<Parameter> parameters = new ArrayList<>();
        while (!tokens.skipOperator(")")) {
            String name = tokens.expect(Kind.NAME, "a parameter's name").text();
            Expression standard = tokens.skipOperator("=") ? expressions.parse() : null;
            if (standard == null && !parameters.isEmpty() && parameters.getLast().standard() != null) {
                throw JinjaException.syntax(tokens.current().line(),
                        "parameter '%s' without a default follows one with a default", name);
            }
            parameters.add(new Parameter(name, standard));
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return parameters;
    }

    private Statement parseWith(int line) {
        List<Statement.SetValue> variables = new ArrayList<>();
        while (!tokens.at(Kind.BLOCK_END)) {
            Target target = parseTarget(false);
            tokens.expectOperator("=");
            variables.add(new Statement.SetValue(target, expressions.parse(), line));
            if (!tokens.at(Kind.BLOCK_END)) {
                tokens.expectOperator(",");
            }
        }
        return new Statement.With(variables, parseBody("endwith"), line);
    }

    /** {@code print a, b} writes both, one behind the other. */
    private Statement parsePrint(int line) {
        List<Expression> values = new ArrayList<>(List.of(expressions.parse()));
        while (tokens.skipOperator(",")) {
            values.add(expressions.parse());
        }
        return new Statement.Print(new Expression.Concatenation(values), line);
    }

    private Statement parseBlock(int line) {
        String name = tokens.expect(Kind.NAME, "the block's name").text();
        List<Statement> body = parseBody("endblock");
        tokens.skipName(name);
        return new Statement.Scoped(body, line);
    }

    private Target parseTarget(boolean namespaces) {
        List<Target> targets = new ArrayList<>(List.of(parseSingleTarget(namespaces)));
        boolean several = tokens.atOperator(",");
        while (tokens.skipOperator(",") && (tokens.at(Kind.NAME) || tokens.atOperator("("))
                && !tokens.atName("in")) {
            targets.add(parseSingleTarget(namespaces));
        }
        return several ? new Target.Unpacking(targets) : targets.getFirst();
    }

    private Target parseSingleTarget(boolean namespaces) {
        if (tokens.skipOperator("(")) {
            Target inner = parseTarget(namespaces);
            tokens.expectOperator(")");
            return inner;
        }
        Token name = tokens.expect(Kind.NAME, "a variable's name");
        @Nullable
        String attribute = namespaces && tokens.skipOperator(".")
                ? tokens.expect(Kind.NAME, "an attribute's name").text()
                : null;
        if (isConstant(name.text())) {
            throw JinjaException.syntax(name.line(), "cannot assign to '%s'", name.text());
        }
        return attribute == null
                ? new Target.Variable(name.text())
                : new Target.NamespaceAttribute(name.text(), attribute);
    }

    private static boolean isConstant(String name) {
        return switch (name) {
            case "true", "True", "false", "False", "none", "None" -> true;
            default -> false;
        };
    }
}
