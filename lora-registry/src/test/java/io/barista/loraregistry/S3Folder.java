package io.barista.loraregistry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;

/** A public bucket of S3Proxy, over memory in this process; what makes the faults stands before it. */
final class S3Folder implements RemoteFolder {

    private static final String BUCKET = "weights";
    private static final String FOLDER = "adapters/";
    private static final Set<String> PASSED_ON = Set.of("range", "if-match", "x-amz-checksum-mode");

    private final BlobStoreContext context = ContextBuilder.newBuilder("transient").overrides(new Properties())
            .build(BlobStoreContext.class);
    private final BlobStore store = context.getBlobStore();
    private final S3Proxy bucket;
    private final HttpServer front;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Fault fault = (_, _) -> false;
    private volatile boolean isDown;

    S3Folder() throws IOException {
        store.createContainerInLocation(null, BUCKET);
        bucket = S3Proxy.builder().blobStore(store).endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.NONE, "", "").build();
        try {
            bucket.start();
        } catch (Exception e) {
            throw new IOException(e);
        }
        front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        front.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        front.createContext("/", this::answer);
        front.start();
    }

    @Override
    public String path() {
        return "s3://anonymous@" + BUCKET + "/adapters";
    }

    @Override
    public Map<String, String> variables() {
        return Map.of("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:" + front.getAddress().getPort(), "AWS_REGION",
                "us-east-1");
    }

    @Override
    public void put(String path, byte[] content) {
        store.putBlob(BUCKET, store.blobBuilder(FOLDER + path).payload(content).contentLength(content.length).build());
    }

    @Override
    public void delete(String path) {
        store.removeBlob(BUCKET, FOLDER + path);
    }

    @Override
    public void faults(Fault next) {
        fault = next;
    }

    @Override
    public void isDown(boolean down) {
        isDown = down;
    }

    @Override
    public List<String> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (isDown) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            HttpResponse<byte[]> answer = ask(exchange);
            answer.headers().map().forEach((name, values) -> {
                if (!Set.of("content-length", "transfer-encoding", "connection", "date").contains(name)) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            boolean isContent = exchange.getRequestMethod().equals("GET")
                    && exchange.getRequestURI().getPath().contains(FOLDER);
            if (isContent) {
                requests.add(exchange.getRequestURI().getPath());
                if (answer.statusCode() == 206 && fault.apply(exchange, answer.body())) {
                    return;
                }
            }
            send(exchange, answer);
        }
    }

    private static void send(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            answer.headers().firstValue("content-length")
                    .ifPresent(length -> exchange.getResponseHeaders().set("content-length", length));
        }
        exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
    }

    private HttpResponse<byte[]> ask(HttpExchange exchange) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + bucket.getPort() + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (PASSED_ON.contains(name.toLowerCase())) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        front.stop(0);
        client.close();
        try {
            bucket.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        context.close();
    }
}
