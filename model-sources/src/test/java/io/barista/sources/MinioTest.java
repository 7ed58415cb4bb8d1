package io.barista.sources;

import static io.barista.sources.testserver.DockerServer.MINIO_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.testserver.DockerServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Against MinIO, where Docker runs. */
class MinioTest {

    private static final byte[] WEIGHTS = new byte[300_000];
    private static DockerServer server;
    private static S3Client uploads;

    @TempDir
    private Path cache;

    @BeforeAll
    static void start() {
        server = DockerServer.minio();
        uploads = S3Client.builder().endpointOverride(URI.create(server.address())).forcePathStyle(true)
                .region(Region.US_EAST_1).httpClientBuilder(UrlConnectionHttpClient.builder())
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(MINIO_KEY, MINIO_KEY)))
                .build();
        uploads.createBucket(request -> request.bucket("weights"));
        new Random(5).nextBytes(WEIGHTS);
        put("models/tiny/config.json", "{}".getBytes(StandardCharsets.UTF_8));
        put("models/tiny/model.safetensors", WEIGHTS);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            uploads.close();
            server.close();
        }
    }

    @Test
    void bringsAModelInVerifiedParts() {
        try (FileSource source = open("s3://weights/models/tiny")) {
            assertThat(cache().fetch(source, FileChoice.MODEL).resolve("model.safetensors"))
                    .hasBinaryContent(WEIGHTS);
        }
    }

    @Test
    void listsMoreThanOnePage() {
        for (int adapter = 0; adapter < 1100; adapter++) {
            put("many/a-%04d/adapter_config.json".formatted(adapter), new byte[0]);
        }
        try (FileSource source = open("s3://weights/many")) {
            assertThat(cache().list(source)).hasSize(1100).extracting(RemoteFile::path).doesNotHaveDuplicates();
        }
    }

    @Test
    void seesANewUploadAsANewVersionAndReadsNothingOfIt() {
        put("changing/a.json", "1".getBytes(StandardCharsets.UTF_8));
        try (FileSource source = open("s3://weights/changing")) {
            List<RemoteFile> before = cache().list(source);
            put("changing/a.json", "2".getBytes(StandardCharsets.UTF_8));
            assertThat(FolderVersion.hash(cache().list(source))).isNotEqualTo(FolderVersion.hash(before));
            assertThatThrownBy(() -> source.open(before.getFirst(), 0, 1)).isInstanceOfSatisfying(
                    SourceException.class,
                    changed -> assertThat(changed.kind()).isEqualTo(SourceException.Kind.CHANGED));
        }
    }

    private static void put(String key, byte[] content) {
        uploads.putObject(request -> request.bucket("weights").key(key), RequestBody.fromBytes(content));
    }

    private FileSource open(String address) {
        return FileSources.open(SourceAddress.parse(address, cache), new SourceEnvironment(
                Map.of("AWS_ENDPOINT_URL_S3", server.address(), "AWS_ACCESS_KEY_ID", MINIO_KEY,
                        "AWS_SECRET_ACCESS_KEY", MINIO_KEY, "AWS_REGION", "us-east-1"),
                Map.of()));
    }

    private SourceCache cache() {
        return new SourceCache(cache, new DownloadLimits(4, 50_000, 2, null, Duration.ofSeconds(5),
                Duration.ofMillis(1)), DownloadListener.NONE, () -> 0.5);
    }
}
