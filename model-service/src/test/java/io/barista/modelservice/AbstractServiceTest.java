package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.engine.ModelHost;
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

/** The whole service on a random port; properties of the test say with which model. */
@SpringBootTest(classes = {ModelServiceApplication.class,
    AbstractServiceTest.Failure.class}, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
abstract class AbstractServiceTest {

    @LocalServerPort
    private int port;

    @Autowired
    private ModelHost host;

    @Autowired
    private InFlight inFlight;

    ServiceClient service;
    HostedModel hosted;

    @BeforeEach
    void waitForTheModel() throws InterruptedException {
        service = new ServiceClient(port);
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        Optional<HostedModel> ready = host.ready();
        while (ready.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
            ready = host.ready();
        }
        hosted = ready.orElseThrow(() -> new AssertionError("the model did not load"));
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
