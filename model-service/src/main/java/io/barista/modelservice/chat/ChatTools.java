package io.barista.modelservice.chat;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.chat.ExpectedCalls;
import io.barista.engine.chat.tools.ToolSignatures;
import io.barista.engine.grammar.StructuredOutput;
import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.chat.Tool;
import io.barista.openai.chat.ToolChoice;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request's tools come down to.
 *
 * @param definitions what the template is shown; null for none
 * @param calls       where the answer's calls are found
 * @param enforced    what an answer that must be calls looks like; null when it need not be any
 */
public record ChatTools(@Nullable List<Map<String, @Nullable Object>> definitions, ExpectedCalls calls,
        @Nullable StructuredOutput enforced) {

    /** @throws ApiException for a choice without tools, and for choices that this server or its configuration cannot serve */
    static ChatTools of(ChatCompletionRequest request, EngineConfig config) {
        List<Tool> tools = request.tools();
        if (tools == null) {
            return withoutTools(request.toolChoice());
        }
        if (tools.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "tools",
                    "tools must not be an empty list. Either provide at least one tool or leave the field out.");
        }
        List<Map<String, @Nullable Object>> definitions = tools.stream().map(Tool::definition).toList();
        ToolChoice choice = request.toolChoice() == null ? new ToolChoice.Auto() : request.toolChoice();
        return switch (choice) {
            case ToolChoice.Auto _ -> {
                requireAuto(config);
                yield new ChatTools(definitions, new ExpectedCalls.InDialect(ToolSignatures.of(definitions)), null);
            }
            case ToolChoice.None _ -> new ChatTools(
                    config.get(EngineOptions.EXCLUDE_TOOLS_WHEN_TOOL_CHOICE_NONE) ? null : definitions,
                    new ExpectedCalls.None(), null);
            case ToolChoice.Required _ -> new ChatTools(definitions, new ExpectedCalls.Listed(),
                    ToolSchemas.listOf(tools, request.parallelToolCalls()));
            case ToolChoice.Named(String function) -> new ChatTools(definitions,
                    new ExpectedCalls.ArgumentsOf(function), ToolSchemas.argumentsOf(named(function, tools)));
        };
    }

    /** The tools of a prompt that is only looked at. */
    public static ChatTools shown(@Nullable List<Tool> tools) {
        return new ChatTools(tools == null ? null : tools.stream().map(Tool::definition).toList(),
                new ExpectedCalls.None(), null);
    }

    private static ChatTools withoutTools(@Nullable ToolChoice choice) {
        if (choice == null || choice instanceof ToolChoice.None) {
            return new ChatTools(null, new ExpectedCalls.None(), null);
        }
        throw ApiException.of(ErrorCode.INVALID_VALUE, "tool_choice", "When using `tool_choice`, `tools` must be set.");
    }

    private static void requireAuto(EngineConfig config) {
        if (!config.get(EngineOptions.ENABLE_AUTO_TOOL_CHOICE)
                || config.find(EngineOptions.TOOL_CALL_PARSER).isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "tool_choice",
                    "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set");
        }
    }

    private static Tool named(String function, List<Tool> tools) {
        return tools.stream().filter(tool -> tool.name().equals(function)).findFirst()
                .orElseThrow(() -> ApiException.of(ErrorCode.INVALID_VALUE, "tool_choice",
                        "The tool specified in `tool_choice` does not match any of the specified `tools`."));
    }
}
