package io.barista.modelservice.web;

import io.barista.modelservice.adapters.AdapterModelId;
import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.model.ModelCard;
import io.barista.openai.model.ModelList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

@RestController
final class ModelController {

    private final ModelHost host;
    private final JsonAnswers answers;
    private final Scheduler asking;

    /** @param asking where the LoRA registry may take its time */
    ModelController(ModelHost host, JsonAnswers answers, Scheduler asking) {
        this.host = host;
        this.answers = answers;
        this.asking = asking;
    }

    @GetMapping("/v1/models")
    Mono<Void> list(ServerWebExchange exchange) {
        return answers.write(exchange,
                Mono.fromSupplier(() -> ModelList.of(cards(host.require()))).subscribeOn(asking));
    }

    /** The id is all the rest of the path, since ids may have slashes; a percent-encoded slash means the same. */
    @GetMapping("/v1/models/{*id}")
    Mono<Void> find(ServerWebExchange exchange, @PathVariable String id) {
        String name = id.substring(1);
        if (name.isEmpty()) {
            return Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND));
        }
        return answers.write(exchange, Mono.fromSupplier(() -> {
            HostedModel model = host.require();
            return adapterCard(model, name).orElseGet(() -> {
                model.requireName(name);
                return card(model, name);
            });
        }).subscribeOn(asking));
    }

    private static List<ModelCard> cards(HostedModel model) {
        List<ModelCard> cards = new ArrayList<>();
        model.names().forEach(name -> cards.add(card(model, name)));
        if (model instanceof ServedModel served) {
            served.engine().adapters().ifPresent(adapters -> adapters.names()
                    .forEach(name -> cards.add(card(served, new AdapterModelId(served.name(), name)))));
        }
        return cards;
    }

    private static Optional<ModelCard> adapterCard(HostedModel model, String asked) {
        if (!(model instanceof ServedModel served)) {
            return Optional.empty();
        }
        return served.adapterIn(asked).map(name -> {
            if (!served.engine().adapters().orElseThrow().has(name.adapter())) {
                throw RequestedAdapters.unknown(asked);
            }
            return card(served, name);
        });
    }

    private static ModelCard card(ServedModel model, AdapterModelId name) {
        return ModelCard.ofAdapter(name.toString(), model.created(), name.adapter(), name.base(), model.maxModelLen());
    }

    private static ModelCard card(HostedModel model, String name) {
        return ModelCard.of(name, model.created(), model.name(), model.maxModelLen());
    }
}
