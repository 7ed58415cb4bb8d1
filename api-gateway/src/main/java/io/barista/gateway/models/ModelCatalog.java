package io.barista.gateway.models;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The models being served, and what a client's {@code model} means. Empty until the configuration has come. */
public final class ModelCatalog {

    /** How much of an unknown name is repeated to its sender. */
    private static final int LONGEST_ECHO = 200;

    private volatile List<ServedModel> models = List.of();

    /** From now on these, in the order of the configuration. */
    public void serve(List<ServedModel> served) {
        models = List.copyOf(served);
    }

    /** In the order of the configuration. */
    public List<ServedModel> models() {
        return models;
    }

    /**
     * What to ask: the model of that id, an adapter of the base of {@code base:adapter}, or the only model when none was named.
     *
     * @throws ApiException 404 when there is no such model, 400 when one must be named, 503 before the configuration
     *                      has come
     */
    public Target resolve(@Nullable String asked) {
        List<ServedModel> served = models;
        if (served.isEmpty()) {
            throw new ApiException(ErrorCode.UNAVAILABLE, "The gateway is still starting. Try again soon.");
        }
        return asked == null
                ? new Target(only(served), null)
                : find(asked).orElseThrow(() -> notFound(asked));
    }

    /** The model of an id, or the base of {@code base:adapter} with the adapter; the longest id wins. */
    public Optional<Target> find(String asked) {
        return models.stream().filter(model -> asked.equals(model.id()) || isAdapterOf(model, asked))
                .max(Comparator.comparingInt(model -> model.id().length())).map(model -> Target.of(model, asked));
    }

    private static boolean isAdapterOf(ServedModel model, String asked) {
        int colon = model.id().length();
        return asked.length() > colon + 1 && asked.charAt(colon) == ':' && asked.startsWith(model.id());
    }

    /** The 404 for a name that means no model. */
    public static ApiException notFound(String asked) {
        String name = asked.length() <= LONGEST_ECHO ? asked : asked.substring(0, LONGEST_ECHO) + "...";
        return new ApiException(ErrorCode.MODEL_NOT_FOUND, "The model `" + name + "` does not exist.", "model", null);
    }

    private static ServedModel only(List<ServedModel> served) {
        if (served.size() == 1) {
            return served.getFirst();
        }
        throw ApiException.of(ErrorCode.MISSING_PARAMETER, "model", "`model` is missing; it must be one of %s.",
                served.stream().map(model -> "`" + model.id() + "`").collect(Collectors.joining(", ")));
    }
}
