package io.barista.gateway;

import io.barista.gateway.metrics.EndReason;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole gateway in this process, on a free port, in front of scripted replicas. */
public final class TestGateway implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path config;

    private TestGateway(ConfigurableApplicationContext context, Path config) {
        this.context = context;
        this.config = config;
    }

    public static Builder serving(String model, ScriptedUpstream... replicas) {
        return new Builder().model(model, replicas);
    }

    public static final class Builder {

        private final Map<String, List<String>> models = new LinkedHashMap<>();
        private final List<String> arguments = new ArrayList<>();

        public Builder model(String id, ScriptedUpstream... replicas) {
            models.put(id, List.of(replicas).stream().map(ScriptedUpstream::uri).toList());
            return this;
        }

        public Builder with(String property, Object value) {
            arguments.add("--" + property + "=" + value);
            return this;
        }

        public TestGateway start() {
            try {
                Path config = Files.createTempFile("llm", ".yaml");
                StringBuilder yaml = new StringBuilder();
                models.forEach((id, replicas) -> {
                    yaml.append("- model_loading_config:\n    model_id: ").append(id)
                            .append("\n    model_source: /nowhere\n");
                    for (int i = 0; i < replicas.size(); i++) {
                        with("spring.cloud.discovery.client.simple.instances." + slug(id) + "[" + i + "].uri",
                                replicas.get(i));
                    }
                });
                Files.writeString(config, yaml);
                with("barista.config.path", config);
                with("server.port", 0).with("server.address", "127.0.0.1");
                return new TestGateway(new SpringApplicationBuilder(GatewayApplication.class)
                        .registerShutdownHook(false).run(arguments.toArray(String[]::new)), config);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String slug(String id) {
            return io.barista.config.ServiceId.of(id).value();
        }
    }

    public int port() {
        return ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path));
    }

    public HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    public HttpResponse<String> post(String path, String json) {
        return send(request(path).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> chat(String model) {
        return post("/v1/chat/completions", "{\"model\":\"" + model + "\",\"messages\":[]}");
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public HttpClient http() {
        return http;
    }

    public double running(String model) {
        var gauge = meters().find("barista.gateway.requests.running").tag("model", model).gauge();
        return gauge == null ? 0 : gauge.value();
    }

    public double ended(String model, EndReason reason) {
        var counter = meters().find("barista.gateway.requests.ended").tag("model", model).tag("reason", reason.label())
                .counter();
        return counter == null ? 0 : counter.count();
    }

    public MeterRegistry meters() {
        return context.getBean(MeterRegistry.class);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
        try {
            Files.deleteIfExists(config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
