package io.barista.config;

import io.barista.config.yaml.Value;
import io.barista.config.yaml.YamlParser;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the LlmConfigs in a file: one, a list, under {@code llm_configs}, or in Ray Serve's applications. */
final class FileReader {

    private final ConfigSource source;
    private final ConfigText text;
    private final Report report;
    private final List<LlmConfig> found = new ArrayList<>();

    FileReader(ConfigSource source, ConfigText text, Report report) {
        this.source = source;
        this.text = text;
        this.report = report;
    }

    List<LlmConfig> read() {
        switch (YamlParser.parse(text.name(), text.text())) {
            case Value.Items items -> readEntries(items, Surroundings.none());
            case Value.Fields fields -> readRoot(fields);
            case Value.Scalar scalar ->
                report.add(scalar.line(), "", "expected an LlmConfig, a list of them, llm_configs "
                        + "or Ray Serve's applications");
        }
        return found;
    }

    private void readRoot(Value.Fields root) {
        if (root.fields().containsKey(ServeFileKeys.APPLICATIONS.key())) {
            Section file = Section.read(root, "", ServeFileKeys.FILE, report);
            file.field(ServeFileKeys.APPLICATIONS).ifPresentOrElse(field -> readApplications(field, file.ignored()),
                    () -> report.add(root.line(), "applications", "expected a list of applications"));
        } else if (root.fields().containsKey(ServeFileKeys.LLM_CONFIGS.key())) {
            readConfigs(Section.read(root, "", ServeFileKeys.ARGUMENTS, report), root.line(), "", Surroundings.none());
        } else if (!root.fields().isEmpty() && root.fields().keySet().stream().noneMatch(ServeFileKeys::isKeyOfEntry)) {
            root.fields().values().forEach(field -> report.add(field.line(), field.name(),
                    "unknown key, the nearest valid key is " + Nearest.to(field.name(), ServeFileKeys.ROOT_NAMES)));
        } else {
            new EntryReader(text, report).read(root, Surroundings.none()).ifPresent(found::add);
        }
    }

    private void readApplications(Value.Field field, List<IgnoredKey> ignoredInFile) {
        if (!(field.value() instanceof Value.Items items) || items.items().isEmpty()) {
            report.add(field.line(), "applications", "expected a list of applications");
            return;
        }
        for (Value item : items.items()) {
            if (item instanceof Value.Fields application) {
                readApplication(application, ignoredInFile);
            } else {
                report.add(item.line(), "applications", "expected mappings with args");
            }
        }
    }

    private void readApplication(Value.Fields mapping, List<IgnoredKey> ignoredInFile) {
        Section application = Section.read(mapping, "applications.", ServeFileKeys.APPLICATION, report);
        List<IgnoredKey> ignored = new ArrayList<>(ignoredInFile);
        ignored.addAll(application.ignored());
        RuntimeEnv environment = application.mapping(ServeFileKeys.RUNTIME_ENV)
                .map(runtime -> new EntryReader(text, report).readRuntime(runtime, "applications.runtime_env.",
                        RuntimeEnv.empty()))
                .orElseGet(RuntimeEnv::empty);
        Optional<Value.Fields> arguments = application.mapping(ServeFileKeys.ARGS);
        if (arguments.isEmpty()) {
            report.add(mapping.line(), "applications.args", "expected a mapping with llm_configs");
            return;
        }
        Section args = Section.read(arguments.get(), "applications.args.", ServeFileKeys.ARGUMENTS, report);
        ignored.addAll(args.ignored());
        readConfigs(args, arguments.get().line(), "applications.args.", new Surroundings(environment, ignored));
    }

    private void readConfigs(Section section, int line, String path, Surroundings surroundings) {
        Optional<Value> single = section.field(ServeFileKeys.LLM_CONFIG).map(Value.Field::value);
        Optional<Value> several = section.field(ServeFileKeys.LLM_CONFIGS).map(Value.Field::value);
        single.ifPresent(value -> readEntry(value, surroundings));
        if (several.isPresent() && several.get() instanceof Value.Items items) {
            readEntries(items, surroundings);
        } else if (several.isPresent() || single.isEmpty()) {
            report.add(line, path + "llm_configs", "expected a list of LlmConfigs");
        }
    }

    private void readEntries(Value.Items items, Surroundings surroundings) {
        if (items.items().isEmpty()) {
            report.add(items.line(), "llm_configs", "is empty, expected at least one LlmConfig");
        }
        items.items().forEach(item -> readEntry(item, surroundings));
    }

    private void readEntry(Value entry, Surroundings surroundings) {
        if (entry instanceof Value.Fields mapping) {
            new EntryReader(text, report).read(mapping, surroundings).ifPresent(found::add);
        } else if (entry.plain() instanceof String reference && !reference.isBlank()) {
            readReferred(reference.strip(), entry.line(), surroundings);
        } else {
            report.add(entry.line(), "llm_configs", "expected an LlmConfig or the name of a file with one");
        }
    }

    private void readReferred(String reference, int line, Surroundings surroundings) {
        try {
            ConfigText referred = source.follow(text, reference);
            Report itsReport = report.forFile(referred.name());
            if (YamlParser.parse(referred.name(), referred.text()) instanceof Value.Fields mapping) {
                new EntryReader(referred, itsReport).read(mapping, surroundings).ifPresent(found::add);
            } else {
                itsReport.add(1, "", "expected one LlmConfig, because " + text.name() + " refers to this file");
            }
        } catch (InvalidPathException e) {
            report.add(line, "llm_configs", "is no file name: " + e.getReason());
        } catch (ConfigException e) {
            report.add(line, "llm_configs", e.getMessage());
        }
    }
}
