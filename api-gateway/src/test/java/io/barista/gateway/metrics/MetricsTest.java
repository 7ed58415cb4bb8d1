package io.barista.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class MetricsTest {

    private final TestGateway gateway = TestGateway.shared();

    @Test
    void publishesWhatBecameOfEachRequest() {
        try (ScriptedUpstream replica = ScriptedUpstream.start()) {
            String model = gateway.serve(replica);
            replica.does(ScriptedUpstream.events(Flux.just("data: 1\n\n", "data: [DONE]\n\n")));
            gateway.chat(model);
            replica.does(ScriptedUpstream.status(429, "{}"));
            gateway.post("/v1/completions", TestGateway.chatBody(model));
            replica.does(ScriptedUpstream.status(400, "{}"));
            gateway.post("/v1/completions", TestGateway.chatBody(model));
            gateway.awaitEnded(model, EndReason.CLIENT_ERROR, 1);

            String metrics = gateway.get("/metrics").body();

            assertThat(metrics).contains("barista_gateway_requests_running{application=\"api-gateway\",model=\"" + model
                    + "\"} 0.0");
            for (String reason : new String[]{"completed", "shed", "client_error"}) {
                assertThat(metrics).contains("barista_gateway_requests_ended_total{application=\"api-gateway\",model=\""
                        + model + "\",reason=\"" + reason + "\"} 1.0");
            }
            assertThat(metrics).containsPattern("gen_ai_server_request_duration_seconds_count\\{.*error_type=\"none\","
                    + "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"barista\",gen_ai_request_model=\"" + model
                    + "\"} 1");
            assertThat(metrics).containsPattern("gen_ai_server_request_duration_seconds_count\\{.*error_type=\"shed\","
                    + "gen_ai_operation_name=\"text_completion\".*" + model + "\"} 1");
            assertThat(metrics)
                    .containsPattern("gen_ai_server_time_to_first_token_seconds_count\\{.*" + model + "\"} 1");
            assertThat(metrics)
                    .contains("barista_gateway_replica_outstanding{application=\"api-gateway\",model=\"" + model
                            + "\",replica=\"127.0.0.1:" + replica.port() + "\"} 0.0");
        }
    }

    @Test
    void countsUnknownModelsUnderOneName() {
        for (int i = 0; i < 50; i++) {
            gateway.chat("made-up-" + i);
        }

        assertThat(gateway.get("/actuator/prometheus").body()).doesNotContain("made-up").contains("model=\"unknown\"");
    }
}
