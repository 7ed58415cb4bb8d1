package io.barista.sources.testserver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Servers that others wrote and everybody uses, in containers; tests that want one are skipped where no Docker daemon answers. */
public final class DockerServer implements AutoCloseable {

    /** The user and the password of a MinIO that nobody has configured. */
    public static final String MINIO_KEY = "minioadmin";

    private static final DockerImageName MINIO = DockerImageName.parse("minio/minio:RELEASE.2025-04-22T22-12-26Z");
    private static final DockerImageName GCS = DockerImageName.parse("fsouza/fake-gcs-server:1.52.2");

    private final GenericContainer<?> container;

    private DockerServer(GenericContainer<?> container) {
        this.container = container;
    }

    public static DockerServer minio() {
        return start(new GenericContainer<>(requireDocker(MINIO)).withCommand("server", "/data").withExposedPorts(9000)
                .waitingFor(Wait.forHttp("/minio/health/ready")));
    }

    public static DockerServer gcs() {
        return start(new GenericContainer<>(requireDocker(GCS)).withCommand("-scheme", "http", "-port", "4443")
                .withExposedPorts(4443).waitingFor(Wait.forHttp("/storage/v1/b?project=test")));
    }

    private static DockerServer start(GenericContainer<?> container) {
        container.start();
        return new DockerServer(container);
    }

    private static DockerImageName requireDocker(DockerImageName image) {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(),
                () -> "skipped: no Docker daemon answers, and " + image + " runs in a container");
        return image;
    }

    public String address() {
        return "http://%s:%d".formatted(container.getHost(), container.getFirstMappedPort());
    }

    @Override
    public void close() {
        container.stop();
    }
}
