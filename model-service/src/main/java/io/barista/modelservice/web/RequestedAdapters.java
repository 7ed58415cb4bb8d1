package io.barista.modelservice.web;

import io.barista.engine.EngineException;
import io.barista.modelservice.adapters.AdapterModelId;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import reactor.core.publisher.Mono;

/** Brings the adapter that a request asks for into memory, before anything is answered: what is wrong with it is a status then. */
final class RequestedAdapters {

    private RequestedAdapters() {}

    /**
     * @param asked what the client wrote, which is the model's name in the answer
     * @return the model with that adapter; ends with an {@link ApiException} for an adapter that is not there, and with what the
     *         engine says of one that is broken
     */
    static Mono<ServedModel> prepare(ServedModel model, AdapterModelId name, String asked) {
        return Mono.fromFuture(() -> model.engine().adapters().orElseThrow().prepare(name.adapter()))
                .onErrorMap(error -> isUnknown(error), _ -> unknown(asked))
                .map(adapter -> model.with(asked, adapter));
    }

    static ApiException unknown(String asked) {
        return ApiException.of(ErrorCode.MODEL_NOT_FOUND, "model", "The model `%s` does not exist.", asked);
    }

    static boolean isUnknown(Throwable error) {
        return error instanceof EngineException named && named.code() == EngineException.Code.ADAPTER_NOT_FOUND;
    }
}
