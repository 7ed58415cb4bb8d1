package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** With a key, and a config-server that never answers, so that the model is never there. */
@SpringBootTest(classes = {ModelServiceApplication.class,
    AbstractDemoTest.Failure.class}, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "barista.config.uri=http://127.0.0.1:1", "barista.config.file=models.yaml", "BARISTA_API_KEY=sesame"})
class StartingHttpTest {

    @LocalServerPort
    private int port;

    private ServiceClient service;

    @BeforeEach
    void connect() {
        service = new ServiceClient(port);
    }

    @Test
    void isAliveButNotReady() {
        assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(503);
        assertThat(service.get("/health").status()).isEqualTo(503);
    }

    @Test
    void tellsThatThereIsNoModelYet() {
        ServiceClient.Answer answer = service
                .send(service.request("/v1/models").header("Authorization", "Bearer sesame").GET());
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo("service_unavailable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/v1/chat/completions", "/metrics", "/actuator/prometheus", "/version",
        "/nothing",
        "/actuator", "/server_info"})
    void wantsTheKeyEverywhereButForHealth(String path) {
        ServiceClient.Answer answer = service.get(path);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().path("error").path("type").asString()).isEqualTo("authentication_error");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(answer.body()).doesNotContain("sesame");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sesam", "Bearer sesamee", "Bearer ", "Basic sesame", "sesame"})
    void refusesOtherKeys(String authorization) {
        assertThat(service.send(service.request("/version").header("Authorization", authorization).GET()).status())
                .isEqualTo(401);
    }

    @Test
    void takesTheKey() {
        assertThat(service.send(service.request("/version").header("Authorization", "bearer sesame").GET()).status())
                .isEqualTo(200);
    }
}
