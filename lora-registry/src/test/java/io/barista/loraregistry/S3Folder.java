package io.barista.loraregistry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;

/** A public bucket of S3Proxy, over memory in this process; what makes the faults stands before it. */
final class S3Folder extends AbstractRemoteFolder {

    private static final String BUCKET = "weights";
    private static final String FOLDER = "adapters/";
    private static final Set<String> PASSED_ON = Set.of("range", "if-match", "x-amz-checksum-mode");

    private final BlobStoreContext context = ContextBuilder.newBuilder("transient").overrides(new Properties())
            .build(BlobStoreContext.class);
    private final BlobStore store = context.getBlobStore();
    private final S3Proxy bucket;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    S3Folder() throws IOException {
        store.createContainerInLocation(null, BUCKET);
        bucket = S3Proxy.builder().blobStore(store).endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.NONE, "", "").build();
        try {
            bucket.start();
        } catch (Exception e) {
            throw new IOException(e);
        }
        start();
    }

    @Override
    public String path() {
        return "s3://anonymous@" + BUCKET + "/adapters";
    }

    @Override
    public Map<String, String> variables() {
        return Map.of("AWS_ENDPOINT_URL_S3", address(), "AWS_REGION", "us-east-1");
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
    void answer(HttpExchange exchange) throws IOException {
        HttpResponse<byte[]> answer = ask(exchange);
        answer.headers().map().forEach((name, values) -> {
            if (!Set.of("content-length", "transfer-encoding", "connection", "date").contains(name)) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        String path = exchange.getRequestURI().getPath();
        boolean isContent = exchange.getRequestMethod().equals("GET") && path.contains(FOLDER);
        if (isContent && answer.statusCode() == 206) {
            sendPart(exchange, path, answer.body());
        } else {
            passOn(exchange, answer);
        }
    }

    private static void passOn(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            answer.headers().firstValue("content-length")
                    .ifPresent(length -> exchange.getResponseHeaders().set("content-length", length));
        }
        send(exchange, answer.statusCode(), answer.body());
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
        super.close();
        client.close();
        try {
            bucket.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        context.close();
    }
}
