package io.barista.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes the reference page of every key out of the tables that read them. */
final class EngineOptionsPage {

    private static final String HEAD = """
            # Configuration keys

            <!-- Made from the tables in llm-config by EngineOptionsPageTest; do not edit. -->

            A model is configured by an `LlmConfig` in YAML, as in Ray Serve LLM, or by flags of `barista serve`, as in vLLM.
            Every key that users of either may bring is listed here: it is honoured, ignored with a reason (logged once, and
            listed as `ignored` in the resolved configuration) or refused with a reason. Any other key is an error that names
            the nearest valid one.

            - In `engine_kwargs` a key may have dashes or underscores. A null value asks for nothing.
            - Counts of tokens and bytes take vLLM's units: `32k` is 32000, `32K` is 32768.
            - Numbers and booleans may be quoted. As a flag, true-or-false keys are `--key` and `--no-key`, mappings are JSON.
            - Relative paths are relative to the file they stand in, then to the working directory.

            """;

    private EngineOptionsPage() {}

    static String write() {
        StringBuilder page = new StringBuilder(HEAD);
        page.append(
                "## Engine keys that are honoured\n\n| Key | Value | Default | What it says |\n|---|---|---|---|\n");
        for (EngineOption<?> option : EngineOptions.all()) {
            if (option.effect() instanceof Effect.Honoured || isDocumentedOnGpu(option)) {
                String note = option.effect() instanceof Effect.IgnoredOnCpu(String reason)
                        ? " Ignored on a CPU: " + reason + "."
                        : "";
                row(page, code(option.key()), option.type().describe(), shownDefault(option),
                        option.description() + note);
            }
        }
        page.append(
                "\n## Engine keys that are ignored\n\n| Key | Value | What it says to vLLM | Why it has no effect |\n|---|---|---|---|\n");
        for (EngineOption<?> option : EngineOptions.all()) {
            switch (option.effect()) {
                case Effect.Ignored(String reason) ->
                    row(page, code(option.key()), option.type().describe(), option.description(), reason);
                case Effect.IgnoredOnCpu(String reason) when !isDocumentedOnGpu(option) ->
                    row(page, code(option.key()), option.type().describe(), option.description(),
                            "on a CPU: " + reason);
                case Effect.IgnoredOnCpu _,Effect.Honoured _,Effect.Refused _ -> {
                }
            }
        }
        page.append(
                "\n## Engine keys that are refused\n\n| Key | Accepted | What it says to vLLM | Why it is refused |\n|---|---|---|---|\n");
        for (EngineOption<?> option : EngineOptions.all()) {
            if (option.effect() instanceof Effect.Refused(Object harmless, String reason)) {
                row(page, code(option.key()), harmless == null ? "" : code(shown(harmless)), option.description(),
                        reason);
            }
        }
        page.append("\n## Keys around the engine's\n\nAs in Ray Serve LLM and in a Ray Serve file.\n");
        section(page, "An LlmConfig", EntryKeys.ENTRY);
        section(page, "model_loading_config", EntryKeys.MODEL_LOADING);
        section(page, "deployment_config", DeploymentKeys.DEPLOYMENT);
        section(page, "deployment_config.autoscaling_config", DeploymentKeys.AUTOSCALING);
        section(page, "lora_config", DeploymentKeys.LORA);
        section(page, "runtime_env", EntryKeys.RUNTIME);
        section(page, "A Ray Serve file", ServeFileKeys.FILE);
        section(page, "applications[]", ServeFileKeys.APPLICATION);
        section(page, "applications[].args, or the root of a file", ServeFileKeys.ARGUMENTS);
        return page.toString();
    }

    private static void section(StringBuilder page, String title, List<ConfigKey<?>> keys) {
        page.append("\n### ").append(title).append("\n\n| Key | Value | Effect |\n|---|---|---|\n");
        for (ConfigKey<?> key : keys) {
            String effect = switch (key.effect()) {
                case Effect.Honoured() -> key.description().isEmpty() ? "honoured" : key.description();
                case Effect.Ignored(String reason) -> "ignored: " + reason;
                case Effect.IgnoredOnCpu(String reason) -> "ignored on a CPU: " + reason;
                case Effect.Refused(Object harmless, String reason) ->
                    "refused" + (harmless == null ? "" : " unless " + code(shown(harmless))) + ": " + reason;
            };
            row(page, code(key.key()), key.type().describe(), effect);
        }
    }

    private static boolean isDocumentedOnGpu(EngineOption<?> option) {
        return option == EngineOptions.GPU_MEMORY_UTILIZATION || option == EngineOptions.ENFORCE_EAGER;
    }

    private static String shownDefault(EngineOption<?> option) {
        Optional<?> value = option.defaultValue();
        return value.isEmpty() ? "" : code(shown(value.get()));
    }

    private static String shown(Object value) {
        return switch (value) {
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
            case Map<?, ?> map when map.isEmpty() -> "{}";
            default -> value.toString();
        };
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static void row(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
