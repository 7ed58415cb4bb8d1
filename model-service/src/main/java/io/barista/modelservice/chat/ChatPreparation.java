package io.barista.modelservice.chat;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.GenerationRequest;
import io.barista.engine.SamplingParams;
import io.barista.engine.chat.ExpectedCalls;
import io.barista.engine.grammar.CompiledGrammar;
import io.barista.engine.grammar.GrammarCompiler;
import io.barista.engine.grammar.OutputConstraint;
import io.barista.modelservice.answer.AnswerHeader;
import io.barista.modelservice.answer.Operation;
import io.barista.modelservice.answer.TokenTexts;
import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.engine.ServedModel;
import io.barista.modelservice.request.Arrival;
import io.barista.modelservice.request.ContextWindow;
import io.barista.modelservice.request.GenerationRequests;
import io.barista.modelservice.request.LogprobLimits;
import io.barista.modelservice.request.PromptTruncation;
import io.barista.modelservice.request.Ranges;
import io.barista.modelservice.request.SamplingMapper;
import io.barista.modelservice.request.Streaming;
import io.barista.modelservice.request.StructuredOutputs;
import io.barista.modelservice.request.UnsupportedFields;
import io.barista.openai.StreamOptions;
import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonValue;
import io.barista.openai.tokenize.TokenizeRequest;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks a chat request and makes its prompt: every 4xx of a chat is decided here, before any token is spent. */
public final class ChatPreparation {

    private static final Set<String> REASONING_EFFORTS = Set.of("none", "minimal", "low", "medium", "high", "xhigh",
            "max");

    private final Clock clock;

    public ChatPreparation(Clock clock) {
        this.clock = clock;
    }

    /**
     * @throws ApiException with the field at fault
     */
    public ChatJob prepare(ChatCompletionRequest request, ServedModel model, Arrival arrival) {
        EngineConfig config = model.asked();
        model.requireName(request.model());
        UnsupportedFields.checkChat(request.others());
        StreamOptions streamOptions = Streaming.options(request.stream(), request.streamOptions(),
                config.get(EngineOptions.ENABLE_FORCE_INCLUDE_USAGE));
        GenerationRequests.requireStreamable(request.stream(), request.sampling());
        LogprobLimits limits = new LogprobLimits(model.engine().config().maxLogprobs(), model.vocabSize());
        Integer logprobs = limits.ofChat(request.logprobs(), request.topLogprobs());
        Integer promptLogprobs = limits.ofPrompt(request.sampling().promptLogprobs(), request.stream());
        checkReasoningEffort(request.reasoningEffort());
        ChatTools tools = ChatTools.of(request, config);
        ChatPrompt whole = ChatPrompt.render(request.messages(), tools, request.template(), request.reasoningEffort(),
                model);
        int[] prompt = PromptTruncation.truncated(whole.tokens(), request.serving(), model.maxModelLen(),
                request.maxTokens());
        SamplingParams sampling = new SamplingMapper(model.defaults(), model.vocabSize()).map(request.sampling(),
                maxTokens(request, prompt.length, model), SamplingMapper.samples(request.sampling()), logprobs,
                promptLogprobs);

        AnswerHeader header = new AnswerHeader(Operation.CHAT.answerId(arrival.requestId()),
                clock.instant().getEpochSecond(),
                model.name(), model.fingerprint());
        GenerationRequest generation = GenerationRequests.of(Operation.engineId(header.id()), prompt,
                model.dialect().readsSpecialTokens(tools.calls()) ? sampling.withSpecialTokens() : sampling,
                request.serving(), arrival, constraint(request, tools, whole, model));
        boolean tokensAsIds = request.returnTokensAsTokenIds() || config.get(EngineOptions.RETURN_TOKENS_AS_TOKEN_IDS);
        return new ChatJob(model, header, generation,
                () -> model.dialect().parser(whole.text(), tools.calls(), ChatPreparation::toolCallId),
                request.stream(), streamOptions, new TokenTexts(model.tokenizer(), tokensAsIds),
                request.returnTokenIds(), request.includeReasoning(), request.parallelToolCalls(),
                tools.calls() instanceof ExpectedCalls.ArgumentsOf,
                config.find(EngineOptions.REASONING_PARSER).isPresent(), config.get(EngineOptions.RESPONSE_ROLE));
    }

    /** The prompt that a chat would have. */
    public ChatPrompt prompt(TokenizeRequest.Chat request, HostedModel model) {
        return ChatPrompt.render(request.messages(), ChatTools.shown(request.tools()), request.template(), null, model);
    }

    /** The same for a request that is complete but for its answer. */
    public ChatPrompt prompt(ChatCompletionRequest request, ServedModel model) {
        model.requireName(request.model());
        return ChatPrompt.render(request.messages(), ChatTools.of(request, model.asked()), request.template(),
                request.reasoningEffort(), model);
    }

    /** Null when the answer, and how long the model reasons, is all its own choice. */
    private static @Nullable OutputConstraint constraint(ChatCompletionRequest request, ChatTools tools,
            ChatPrompt prompt, ServedModel model) {
        StructuredOutputs.Asked asked = StructuredOutputs.read(request.others());
        if (tools.enforced() != null) {
            if (asked != null) {
                throw ApiException.of(ErrorCode.INVALID_VALUE, asked.param(),
                        "'%s' and a tool_choice that asks for a call cannot both be enforced.", asked.param());
            }
            asked = new StructuredOutputs.Asked(tools.enforced(), "tools");
        }
        GrammarCompiler compiler = model.engine().grammars();
        CompiledGrammar grammar = asked == null ? null : asked.compile(compiler);
        Integer budget = thinkingBudget(request, model);
        return grammar == null && budget == null
                ? null
                : compiler.constraint(grammar, model.dialect().reasoningSpan(prompt.text(), budget));
    }

    private static @Nullable Integer thinkingBudget(ChatCompletionRequest request, ServedModel model) {
        JsonValue budget = request.others().get("thinking_token_budget");
        if (budget == null) {
            return null;
        }
        if (model.asked().find(EngineOptions.REASONING_PARSER).isEmpty()) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "thinking_token_budget",
                    "'thinking_token_budget' needs a model that is served with a reasoning_parser.");
        }
        return Ranges.atLeast("thinking_token_budget", budget.asInteger(), 0);
    }

    private static int maxTokens(ChatCompletionRequest request, int promptTokens, ServedModel model) {
        if (request.maxTokens() != null) {
            Ranges.atLeast("max_tokens", request.maxTokens(), 1);
        }
        return new ContextWindow(model.maxModelLen()).maxTokens(promptTokens, request.maxTokens(),
                model.defaults().maxTokens());
    }

    private static void checkReasoningEffort(@Nullable String effort) {
        if (effort != null && !REASONING_EFFORTS.contains(effort)) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "reasoning_effort",
                    "reasoning_effort must be one of none, minimal, low, medium, high, xhigh and max, got '%s'.",
                    effort);
        }
    }

    private static String toolCallId() {
        return "chatcmpl-tool-" + UUID.randomUUID().toString().replace("-", "");
    }
}
