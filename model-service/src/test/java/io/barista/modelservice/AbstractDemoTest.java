package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.engine.ServedModel;
import io.barista.modelservice.lifecycle.InFlight;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

/** The whole service on a random port, with the demo model on the CPU backend, as {@code barista up} configures it. */
@SpringBootTest(classes = {ModelServiceApplication.class,
    AbstractDemoTest.Failure.class}, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "barista.serve.model=${barista.root}/models/barista-demo",
            "barista.serve.served-model-name=barista-demo,org/alias",
            "barista.serve.engine-kwargs={\"dtype\":\"float32\",\"reasoning_parser\":\"qwen3\","
                    + "\"tool_call_parser\":\"hermes\",\"enable_auto_tool_choice\":true,\"max_num_seqs\":32}"})
abstract class AbstractDemoTest {

    @LocalServerPort
    private int port;

    @Autowired
    private ModelHost host;

    @Autowired
    private InFlight inFlight;

    ServiceClient service;
    ServedModel model;

    @BeforeEach
    void waitForTheModel() throws InterruptedException {
        service = new ServiceClient(port);
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        Optional<ServedModel> ready = host.ready();
        while (ready.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
            ready = host.ready();
        }
        model = ready.orElseThrow(() -> new AssertionError("the demo model did not load"));
    }

    @AfterEach
    void nothingIsLeftUnderWay() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (inFlight.count() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertThat(inFlight.count()).isZero();
    }

    /** A test that cannot start fails; it does not end the process. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Failure {

        @Bean
        StartFailure startFailure() {
            return reason -> {
                throw new AssertionError(reason);
            };
        }
    }
}
