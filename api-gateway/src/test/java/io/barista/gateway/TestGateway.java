package io.barista.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barista.config.ServiceId;
import io.barista.gateway.metrics.EndReason;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.cloud.client.discovery.simple.InstanceProperties;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/** The whole gateway in this process, on a free port, in front of scripted replicas. */
public final class TestGateway implements AutoCloseable {

    private static final int SHARED_MODELS = 80;
    private static TestGateway shared;

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<String> freeModels;
    private final Map<String, List<InstanceProperties>> instances = new HashMap<>();

    private TestGateway(ConfigurableApplicationContext context, List<String> models) {
        this.context = context;
        this.freeModels = new ArrayDeque<>(models);
    }

    /** One for all tests that need no settings of their own; each test serves its own model with it. */
    public static synchronized TestGateway shared() {
        if (shared == null) {
            List<String> models = new ArrayList<>();
            for (int i = 0; i < SHARED_MODELS; i++) {
                models.add("house/m" + i);
            }
            shared = start(models, "barista.gateway.answer.idle-timeout=3s", "barista.gateway.answer.held-size=1KB",
                    "barista.gateway.replicas.breaker.open-for=300ms");
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    /** A gateway of its own. */
    public static TestGateway start(List<String> models, String... properties) {
        try {
            Path config = Files.createTempFile("llm", ".yaml");
            StringBuilder yaml = new StringBuilder();
            for (String model : models) {
                yaml.append("- model_loading_config: {model_id: \"").append(model)
                        .append("\", model_source: /nowhere}\n");
            }
            Files.writeString(config, yaml);
            List<String> arguments = new ArrayList<>(
                    List.of("--barista.config.path=" + config, "--server.port=0", "--server.address=127.0.0.1",
                            "--barista.gateway.replicas.refresh=50ms",
                            "--logging.level.io.barista.gateway.requests=WARN"));
            Arrays.stream(properties).map("--"::concat).forEach(arguments::add);
            ConfigurableApplicationContext context = new SpringApplicationBuilder(GatewayApplication.class)
                    .registerShutdownHook(false).initializers(TestGateway::keepEventLoopsApart)
                    .run(arguments.toArray(String[]::new));
            Files.delete(config);
            return new TestGateway(context, models);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A gateway that stops ends the event loops of its whole process, which here other gateways live in. */
    static void keepEventLoopsApart(ConfigurableApplicationContext context) {
        ReactorResourceFactory own = new ReactorResourceFactory();
        own.setUseGlobalResources(false);
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> own);
    }

    /** Puts replicas behind a model that no test has used, and says which. */
    public synchronized String serve(ScriptedUpstream... replicas) {
        String model = freeModels.removeFirst();
        serve(model, replicas);
        return model;
    }

    public synchronized void serve(String model, ScriptedUpstream... replicas) {
        String serviceId = ServiceId.of(model).value();
        instances.put(serviceId, Arrays.stream(replicas).map(replica -> instance(serviceId, replica)).toList());
        bean(SimpleReactiveDiscoveryProperties.class).setInstances(Map.copyOf(instances));
        await().until(() -> bean(ReplicaDirectory.class).pool(model).byLoad().size() == replicas.length);
    }

    private static InstanceProperties instance(String serviceId, ScriptedUpstream replica) {
        InstanceProperties instance = new InstanceProperties();
        instance.setServiceId(serviceId);
        instance.setUri(URI.create(replica.uri()));
        return instance;
    }

    public int port() {
        return ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    public HttpRequest.Builder json(String path, String body) {
        return request(path).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    public HttpResponse<String> get(String path) {
        return send(request(path));
    }

    public HttpResponse<String> post(String path, String body) {
        return send(json(path, body));
    }

    public HttpResponse<String> chat(String model) {
        return post("/v1/chat/completions", chatBody(model));
    }

    public static String chatBody(String model) {
        return "{\"model\":\"" + model + "\",\"messages\":[]}";
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

    /** The gauge of requests being answered. */
    public double running(String model) {
        Gauge gauge = bean(MeterRegistry.class).find("barista.gateway.requests.running").tag("model", model).gauge();
        return gauge == null ? 0 : gauge.value();
    }

    public double ended(String model, EndReason reason) {
        Counter counter = bean(MeterRegistry.class).find("barista.gateway.requests.ended").tag("model", model)
                .tag("reason", reason.label()).counter();
        return counter == null ? 0 : counter.count();
    }

    /** Waits for the requests of a model to have ended so; that is shortly after their clients have their answers. */
    public void awaitEnded(String model, EndReason reason, int count) {
        await().untilAsserted(() -> assertThat(ended(model, reason)).as("ended by %s", reason).isEqualTo(count));
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }
}
