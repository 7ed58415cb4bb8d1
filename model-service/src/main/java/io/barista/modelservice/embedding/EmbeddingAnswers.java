package io.barista.modelservice.embedding;

import io.barista.modelservice.answer.AnswerHeader;
import io.barista.modelservice.answer.Operation;
import io.barista.modelservice.engine.EmbeddingModel;
import io.barista.modelservice.request.Arrival;
import io.barista.modelservice.request.Ranges;
import io.barista.openai.Usage;
import io.barista.openai.completion.Prompt;
import io.barista.openai.embedding.EmbeddingList;
import io.barista.openai.embedding.EmbeddingRequest;
import io.barista.openai.embedding.RerankRequest;
import io.barista.openai.embedding.RerankResult;
import io.barista.openai.embedding.ScoreList;
import io.barista.openai.embedding.ScoreRequest;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks requests for embeddings, scores and rankings, and makes their answers of the embeddings: every 4xx is decided before one is computed. */
public final class EmbeddingAnswers {

    private final Clock clock;

    public EmbeddingAnswers(Clock clock) {
        this.clock = clock;
    }

    /**
     * What is to be computed, and how the answer comes of it.
     *
     * @param answer gets the embeddings in the order of the inputs
     */
    public record Prepared<T>(EmbeddingJob job, Function<List<float[]>, T> answer) {}

    /** @throws ApiException with the field at fault */
    public Prepared<EmbeddingList> embeddings(EmbeddingRequest request, EmbeddingModel model, Arrival arrival) {
        model.requireName(request.model());
        int dimensions = dimensions(request.dimensions(), model);
        boolean normalised = model.engine().isNormalised();
        if (request.normalize() != null && request.normalize() != normalised) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "normalize",
                    "The model's own modules.json says that embeddings are %s; 'normalize' cannot change it.",
                    normalised ? "normalised" : "not normalised");
        }
        EmbeddingJob job = job(Operation.EMBEDDING, model, arrival,
                new InputTokens(model, request.addSpecialTokens(), request.serving()).of(request.input()));
        return new Prepared<>(job, embeddings -> {
            List<EmbeddingList.Item> items = new ArrayList<>(embeddings.size());
            for (float[] embedding : embeddings) {
                items.add(EmbeddingList.Item.of(items.size(), Vectors.encoded(
                        Vectors.beginning(embedding, dimensions, normalised), request.encodingFormat())));
            }
            return new EmbeddingList(job.header().id(), EmbeddingList.OBJECT, job.header().created(), model.name(),
                    items, usage(job));
        });
    }

    /** @throws ApiException with the field at fault */
    public Prepared<ScoreList> scores(ScoreRequest request, EmbeddingModel model, Arrival arrival) {
        model.requireName(request.model());
        InputTokens tokens = new InputTokens(model, request.addSpecialTokens(), request.serving());
        List<int[]> inputs = new ArrayList<>(tokens.of(request.first(), "text_1"));
        inputs.addAll(tokens.of(request.second(), "text_2"));
        EmbeddingJob job = job(Operation.SCORE, model, arrival, inputs);
        return new Prepared<>(job, embeddings -> {
            int firsts = request.first().size();
            List<ScoreList.Score> scores = new ArrayList<>();
            for (float[] second : embeddings.subList(firsts, embeddings.size())) {
                float[] first = embeddings.get(firsts == 1 ? 0 : scores.size());
                scores.add(ScoreList.Score.of(scores.size(), Vectors.cosine(first, second)));
            }
            return new ScoreList(job.header().id(), ScoreList.OBJECT, job.header().created(), model.name(), scores,
                    usage(job));
        });
    }

    /** @throws ApiException with the field at fault */
    public Prepared<RerankResult> ranking(RerankRequest request, EmbeddingModel model, Arrival arrival) {
        model.requireName(request.model());
        InputTokens tokens = new InputTokens(model, request.addSpecialTokens(), request.serving());
        List<int[]> inputs = new ArrayList<>(tokens.of(List.of(new Prompt.Text(request.query())), "query"));
        inputs.addAll(documents(request, tokens));
        EmbeddingJob job = job(Operation.RERANK, model, arrival, inputs);
        return new Prepared<>(job, embeddings -> {
            List<RerankResult.Item> items = new ArrayList<>();
            for (float[] document : embeddings.subList(1, embeddings.size())) {
                RerankResult.Text text = request.returnDocuments()
                        ? new RerankResult.Text(request.documents().get(items.size()))
                        : null;
                items.add(new RerankResult.Item(items.size(), text, Vectors.cosine(embeddings.getFirst(), document)));
            }
            items.sort(Comparator.comparingDouble(RerankResult.Item::relevanceScore).reversed());
            int wanted = request.topN() == null ? items.size() : Math.min(request.topN(), items.size());
            return new RerankResult(job.header().id(), model.name(), usage(job), items.subList(0, wanted));
        });
    }

    private static List<int[]> documents(RerankRequest request, InputTokens tokens) {
        List<int[]> documents = tokens.of(request.documents().stream().<Prompt>map(Prompt.Text::new).toList(),
                "documents");
        Integer most = request.maxTokensPerDoc();
        if (most == null) {
            return documents;
        }
        Ranges.atLeast("max_tokens_per_doc", most, 1);
        return documents.stream().map(each -> each.length > most ? Arrays.copyOf(each, most) : each).toList();
    }

    private EmbeddingJob job(Operation operation, EmbeddingModel model, Arrival arrival, List<int[]> inputs) {
        return new EmbeddingJob(model, new AnswerHeader(operation.answerId(arrival.requestId()),
                clock.instant().getEpochSecond(), model.name(), ""), inputs);
    }

    private static int dimensions(@Nullable Integer asked, EmbeddingModel model) {
        int whole = model.engine().dimensions();
        if (asked == null || asked == whole) {
            return whole;
        }
        if (!model.prefixes().isEmpty() && !model.prefixes().contains(asked)) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "dimensions",
                    "Model \"%s\" only supports %s matryoshka dimensions, use other output dimensions will lead to poor"
                            + " results.",
                    model.name(), model.prefixes());
        }
        return Ranges.between("dimensions", asked, 1, whole);
    }

    private static Usage usage(EmbeddingJob job) {
        return Usage.of(job.tokens(), 0);
    }
}
