package io.barista.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A replica on loopback that answers as it was told to, and remembers what it was asked. */
public final class ScriptedUpstream implements AutoCloseable {

    /** What a replica does with a request whose body has come. */
    public interface Script extends BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {}

    /** A request as it arrived. */
    public record Received(String path, List<Map.Entry<String, String>> headers, byte[] body) {

        public String header(String name) {
            return headers.stream().filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue).findFirst().orElse(null);
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final DisposableServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger running = new AtomicInteger();
    private volatile Script script = json("{\"ok\":true}");

    private ScriptedUpstream(int port) {
        this.server = HttpServer.create().host("127.0.0.1").port(port).doOnConnection(this::remember)
                .handle((request, response) -> request.receive().aggregate().asByteArray()
                        .defaultIfEmpty(new byte[0]).flatMap(body -> answer(request, response, body)))
                .bindNow();
    }

    public static ScriptedUpstream start() {
        return new ScriptedUpstream(0);
    }

    public static ScriptedUpstream startAt(int port) {
        return new ScriptedUpstream(port);
    }

    private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response, byte[] body) {
        received.add(new Received(request.uri(), request.requestHeaders().entries(), body));
        running.incrementAndGet();
        return Mono.from(script.apply(request, response)).doFinally(_ -> running.decrementAndGet());
    }

    public ScriptedUpstream does(Script script) {
        this.script = script;
        return this;
    }

    public static Script json(String body) {
        return (_, response) -> response.header("content-type", "application/json")
                .header("content-length", String.valueOf(body.getBytes(StandardCharsets.UTF_8).length))
                .sendString(Mono.just(body));
    }

    public static Script status(int status, String body) {
        return (_, response) -> response.status(status).header("content-type", "application/json")
                .sendString(Mono.just(body));
    }

    /** An event stream of these pieces, each written and flushed on its own. */
    public static Script events(Publisher<String> pieces) {
        return (_, response) -> response.header("content-type", "text/event-stream; charset=utf-8")
                .send(Flux.from(pieces).map(ScriptedUpstream::bytes), _ -> true);
    }

    /** Sends these pieces of an event stream, and then the connection is reset. */
    public static Script breaksAfter(String... pieces) {
        return breaksOff("text/event-stream", pieces);
    }

    /** Sends these pieces of an answer, and then the connection is reset. */
    public static Script breaksOff(String contentType, String... pieces) {
        return (request, response) -> response.header("content-type", contentType)
                .send(Flux.fromArray(pieces).map(ScriptedUpstream::bytes).concatWith(Mono.defer(() -> {
                    // Later than the last piece: a reset overtakes what is still in the socket's buffers.
                    request.withConnection(connection -> connection.channel().eventLoop()
                            .schedule(() -> reset(connection.channel()), 200, TimeUnit.MILLISECONDS));
                    return Mono.never();
                })), _ -> true);
    }

    /** Closes the connection without a word. */
    public static Script hangsUp() {
        return (request, _) -> {
            request.withConnection(connection -> connection.channel().close());
            return Mono.never();
        };
    }

    /** Takes the request and never says anything. */
    public static Script stalls() {
        return (_, _) -> Mono.never();
    }

    public static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    public int port() {
        return server.port();
    }

    public String uri() {
        return "http://127.0.0.1:" + port();
    }

    public List<Received> received() {
        return received;
    }

    public int running() {
        return running.get();
    }

    private void remember(Connection connection) {
        connections.add(connection.channel());
        connection.onDispose(() -> connections.remove(connection.channel()));
    }

    /** As kill -9 does: the port refuses, open connections are reset. */
    public void kill() {
        server.disposeNow();
        connections.forEach(ScriptedUpstream::reset);
    }

    private static void reset(Channel channel) {
        channel.eventLoop().execute(() -> {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close();
            }
        });
    }

    @Override
    public void close() {
        kill();
    }
}
