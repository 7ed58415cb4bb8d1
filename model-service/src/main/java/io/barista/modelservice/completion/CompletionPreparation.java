package io.barista.modelservice.completion;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.GenerationRequest;
import io.barista.engine.grammar.GrammarCompiler;
import io.barista.engine.grammar.OutputConstraint;
import io.barista.modelservice.answer.AnswerHeader;
import io.barista.modelservice.answer.Operation;
import io.barista.modelservice.answer.TokenTexts;
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
import io.barista.modelservice.request.Tokens;
import io.barista.modelservice.request.UnsupportedFields;
import io.barista.openai.StreamOptions;
import io.barista.openai.completion.CompletionRequest;
import io.barista.openai.completion.Prompt;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Checks a completion request and tokenizes its prompts: every 4xx is decided here, before any token is spent. */
public final class CompletionPreparation {

    private static final int DEFAULT_MAX_TOKENS = 16;
    private static final int MAX_PROMPTS = 1024;

    private final Clock clock;

    public CompletionPreparation(Clock clock) {
        this.clock = clock;
    }

    /**
     * @throws ApiException with the field at fault
     */
    public CompletionJob prepare(CompletionRequest request, ServedModel model, Arrival arrival) {
        EngineConfig config = model.asked();
        model.requireName(request.model());
        UnsupportedFields.checkCompletion(request.others());
        GenerationRequests.requireStreamable(request.stream(), request.sampling());
        StreamOptions streamOptions = Streaming.options(request.stream(), request.streamOptions(),
                config.get(EngineOptions.ENABLE_FORCE_INCLUDE_USAGE));
        LogprobLimits limits = new LogprobLimits(model.engine().config().maxLogprobs(), model.vocabSize());
        Integer logprobs = limits.ofCompletion(request.logprobs());
        Integer promptLogprobs = request.echo() && logprobs != null
                ? logprobs
                : limits.ofPrompt(request.sampling().promptLogprobs(), request.stream());
        int choices = SamplingMapper.samples(request.sampling());
        int samples = SamplingMapper.samples(request.sampling(), request.bestOf());
        if (request.stream() && samples > choices) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "best_of",
                    "The best of several answers are only known at the end, so they cannot be streamed.");
        }
        // the best are told by their log-probabilities
        Integer computedLogprobs = logprobs == null && samples > choices ? Integer.valueOf(0) : logprobs;
        checkPrompts(request.prompts());
        int maxTokens = maxTokens(request);
        boolean echoOnly = maxTokens == 0;

        List<int[]> prompts = tokenize(request, model);
        AnswerHeader header = new AnswerHeader(Operation.COMPLETION.answerId(arrival.requestId()),
                clock.instant().getEpochSecond(),
                model.name(), model.fingerprint());
        SamplingMapper sampling = new SamplingMapper(model.defaults(), model.vocabSize());
        StructuredOutputs.Asked asked = StructuredOutputs.read(request.others());
        GrammarCompiler grammars = model.engine().grammars();
        OutputConstraint constraint = asked == null ? null : grammars.constraint(asked.compile(grammars), null);
        List<GenerationRequest> generations = new ArrayList<>();
        for (int[] prompt : prompts) {
            int room = new ContextWindow(model.maxModelLen()).maxTokens(prompt.length, Math.max(maxTokens, 1), null);
            generations.add(GenerationRequests.of(Operation.engineId(header.id()), prompt,
                    sampling.map(request.sampling(), room, samples, computedLogprobs, promptLogprobs),
                    request.serving(), arrival, constraint));
        }
        boolean tokensAsIds = request.returnTokensAsTokenIds() || config.get(EngineOptions.RETURN_TOKENS_AS_TOKEN_IDS);
        return new CompletionJob(model, header, generations, choices, logprobs != null,
                request.echo() ? echoes(request, prompts, model) : null,
                echoOnly, request.stream(), streamOptions, new TokenTexts(model.tokenizer(), tokensAsIds),
                request.returnTokenIds());
    }

    private static void checkPrompts(List<Prompt> prompts) {
        if (prompts.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "prompt", "prompt must not be empty.");
        }
        if (prompts.size() > MAX_PROMPTS) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "prompt", "prompt may be a list of at most %d, got %d.",
                    MAX_PROMPTS, prompts.size());
        }
    }

    /** As sent, else 16; 0 only where the echoed prompt is all that is wanted. */
    private static int maxTokens(CompletionRequest request) {
        Integer asked = request.maxTokens();
        return asked == null ? DEFAULT_MAX_TOKENS : Ranges.atLeast("max_tokens", asked, request.echo() ? 0 : 1);
    }

    private static List<int[]> tokenize(CompletionRequest request, ServedModel model) {
        Tokens tokens = new Tokens(model.tokenizer(), model.maxModelLen(), model.vocabSize());
        List<int[]> tokenized = new ArrayList<>();
        for (Prompt prompt : request.prompts()) {
            int[] whole = switch (prompt) {
                case Prompt.Text(String text) -> tokens.ofText(text, request.addSpecialTokens(), "prompt");
                case Prompt.Tokens(List<Integer> ids) -> tokens.ofIds(ids, "prompt");
            };
            tokenized.add(PromptTruncation.truncated(whole, request.serving(), model.maxModelLen(),
                    maxTokens(request)));
        }
        return tokenized;
    }

    private static List<String> echoes(CompletionRequest request, List<int[]> tokenized, ServedModel model) {
        List<String> echoes = new ArrayList<>();
        for (int i = 0; i < tokenized.size(); i++) {
            echoes.add(switch (request.prompts().get(i)) {
                case Prompt.Text(String text) when request.serving().truncatePromptTokens() == null -> text;
                case Prompt.Text _ -> model.tokenizer().decode(tokenized.get(i), true);
                case Prompt.Tokens _ -> model.tokenizer().decode(tokenized.get(i), false);
            });
        }
        return echoes;
    }
}
