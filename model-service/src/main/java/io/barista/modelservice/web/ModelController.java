package io.barista.modelservice.web;

import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.engine.ModelHost;
import io.barista.openai.model.ModelCard;
import io.barista.openai.model.ModelList;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

@RestController
final class ModelController {

    private final ModelHost host;
    private final JsonAnswers answers;

    ModelController(ModelHost host, JsonAnswers answers) {
        this.host = host;
        this.answers = answers;
    }

    @GetMapping("/v1/models")
    Mono<Void> list(ServerWebExchange exchange) {
        return answers.write(exchange, Mono.fromSupplier(() -> ModelList.of(cards(host.require()))));
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
            model.requireName(name);
            return card(model, name);
        }));
    }

    private static List<ModelCard> cards(HostedModel model) {
        return model.names().stream().map(name -> card(model, name)).toList();
    }

    private static ModelCard card(HostedModel model, String name) {
        return ModelCard.of(name, model.created(), model.name(), model.maxModelLen());
    }
}
