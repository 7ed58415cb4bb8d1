package io.barista.sources.testserver;

import java.net.URI;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;

/** S3Proxy over memory, in this process, with one bucket, {@code weights}. */
public final class S3Server implements AutoCloseable {

    public static final String KEY_ID = "test-key-id";

    private static final String SECRET = "test-secret";
    private static final String BUCKET = "weights";

    private final BlobStoreContext context = ContextBuilder.newBuilder("transient").overrides(new Properties())
            .build(BlobStoreContext.class);
    private final BlobStore store = context.getBlobStore();
    private final S3Proxy proxy;

    /** Every request must be signed. */
    public S3Server() {
        this(AuthenticationType.AWS_V4);
    }

    private S3Server(AuthenticationType authentication) {
        store.createContainerInLocation(null, BUCKET);
        S3Proxy.Builder builder = S3Proxy.builder().blobStore(store).endpoint(URI.create("http://127.0.0.1:0"));
        if (authentication != AuthenticationType.NONE) {
            builder.awsAuthentication(authentication, KEY_ID, SECRET);
        }
        proxy = builder.build();
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public static S3Server withoutKeys() {
        return new S3Server(AuthenticationType.NONE);
    }

    public void put(String key, byte[] bytes) {
        store.putBlob(BUCKET, store.blobBuilder(key).payload(bytes).contentLength(bytes.length).build());
    }

    public void delete(String key) {
        store.removeBlob(BUCKET, key);
    }

    public int port() {
        return proxy.getPort();
    }

    public String address() {
        return "http://127.0.0.1:" + port();
    }

    /** What a client needs. */
    public Map<String, String> variables() {
        return Map.of("AWS_ENDPOINT_URL_S3", address(), "AWS_ACCESS_KEY_ID", KEY_ID, "AWS_SECRET_ACCESS_KEY", SECRET,
                "AWS_REGION", "us-east-1");
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        context.close();
    }
}
