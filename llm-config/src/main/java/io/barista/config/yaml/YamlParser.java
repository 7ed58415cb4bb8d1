package io.barista.config.yaml;

import io.barista.config.ConfigException;
import io.barista.config.Problem;
import java.io.StringReader;
import java.util.Iterator;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** YAML text to {@link Value}s: one document, no Java objects, no duplicate keys, bounded size, depth and aliases. */
public final class YamlParser {

    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_ALIASES = 200;
    private static final int MAX_DEPTH = 50;

    private YamlParser() {}

    /**
     * @param file how messages name the text
     * @throws ConfigException when the text is empty, is not YAML, or breaks a bound
     */
    public static Value parse(String file, String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new ConfigException(new Problem(file, 0, "", "is larger than 1 MiB, which no configuration needs"));
        }
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setAllowDuplicateKeys(false);
        return new ValueReader(file, new ScalarReader(options)).read(compose(file, text, options));
    }

    private static Node compose(String file, String text, LoaderOptions options) {
        try {
            Iterator<Node> documents = new Yaml(options).composeAll(new StringReader(text)).iterator();
            if (!documents.hasNext()) {
                throw new ConfigException(new Problem(file, 0, "", "is empty"));
            }
            Node root = documents.next();
            if (documents.hasNext()) {
                int line = documents.next().getStartMark().getLine() + 1;
                throw new ConfigException(
                        new Problem(file, line, "", "a second YAML document begins here, expected one"));
            }
            return root;
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            int line = mark == null ? 0 : mark.getLine() + 1;
            throw new ConfigException(
                    new Problem(file, line, "", "not valid YAML: " + oneLine(String.valueOf(e.getProblem()))));
        } catch (YAMLException e) {
            throw new ConfigException(
                    new Problem(file, 0, "", "not valid YAML: " + oneLine(String.valueOf(e.getMessage()))));
        }
    }

    private static String oneLine(String message) {
        return message.lines().findFirst().orElse("unreadable").strip();
    }
}
