package io.barista.modelservice.web;

import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.lifecycle.InFlight;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** vLLM's routes about the server itself. */
@RestController
final class StatusController {

    private static final String PROMETHEUS_TEXT = "text/plain;version=0.0.4;charset=utf-8";

    private final ModelHost host;
    private final InFlight inFlight;
    private final PrometheusMeterRegistry metrics;
    private final JsonAnswers answers;
    private final String version;

    StatusController(ModelHost host, InFlight inFlight, PrometheusMeterRegistry metrics, JsonAnswers answers,
            @Value("${barista.version}") String version) {
        this.host = host;
        this.inFlight = inFlight;
        this.metrics = metrics;
        this.answers = answers;
        this.version = version;
    }

    /** 200 while requests are served, else 503; no body. */
    @RequestMapping(path = {"/health", "/ping"}, method = {RequestMethod.GET, RequestMethod.POST})
    ResponseEntity<Void> health() {
        boolean serves = host.ready().map(model -> model.engine().isAlive()).orElse(false);
        return ResponseEntity.status(serves ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).build();
    }

    /** How many generations are under way. */
    @GetMapping("/load")
    Mono<Void> load(ServerWebExchange exchange) {
        return answers.write(exchange, Mono.fromSupplier(() -> Map.of("server_load", inFlight.count())));
    }

    @GetMapping("/version")
    Mono<Void> version(ServerWebExchange exchange) {
        return answers.write(exchange, Mono.just(Map.of("version", version)));
    }

    /** The resolved configuration: what runs, as opposed to what was asked for. */
    @GetMapping("/server_info")
    Mono<Void> serverInfo(ServerWebExchange exchange) {
        return answers.write(exchange, Mono.fromSupplier(() -> {
            HostedModel model = host.require();
            Map<String, Object> info = new LinkedHashMap<>();
            info.put("version", version);
            info.put("served_model_name", model.names());
            info.put("config", model.config().asMap());
            info.put("ignored", model.ignored());
            return info;
        }));
    }

    /** The same as {@code /actuator/prometheus}, where vLLM's users look for it. */
    @GetMapping(path = "/metrics", produces = PROMETHEUS_TEXT)
    String metrics() {
        return metrics.scrape();
    }
}
