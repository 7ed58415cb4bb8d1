package io.barista.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barista.gateway.BufferComplaints;
import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import io.barista.gateway.metrics.EndReason;
import io.barista.gateway.replicas.Replica;
import io.barista.gateway.replicas.ReplicaDirectory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class AbortTest {

    private static final int CLIENTS = 200;

    private final TestGateway gateway = TestGateway.shared();

    @Test
    void leavesNoRequestBehindWhenTwoHundredClientsLeaveWithinTheirStreams() throws Exception {
        try (ScriptedUpstream replica = ScriptedUpstream.start()) {
            replica.does(ScriptedUpstream
                    .events(Flux.interval(Duration.ofMillis(20)).onBackpressureDrop().map(i -> "data: " + i + "\n\n")));
            leaveAfterSome("HTTP/1.1 200 OK", replica);
        }
    }

    @Test
    void leavesNoRequestBehindWhenTwoHundredClientsLeaveBeforeTheirAnswers() throws Exception {
        try (ScriptedUpstream replica = ScriptedUpstream.start()) {
            replica.does(ScriptedUpstream.stalls());
            leaveAfterSome("", replica);
        }
    }

    @Test
    void releasesEveryBufferOnceHoweverStreamsEnd() throws Exception {
        try (BufferComplaints complaints = new BufferComplaints();
                ScriptedUpstream leftByClients = ScriptedUpstream.start();
                ScriptedUpstream killed = ScriptedUpstream.start()) {
            Flux<String> flood = Flux.interval(Duration.ofMillis(10)).onBackpressureDrop()
                    .map(i -> "data: " + "x".repeat(300) + "\n\ndata: cut\n").concatMapIterable(piece -> List
                            .of(piece, "\n"));
            for (int round = 0; round < 2; round++) {
                leftByClients.does(ScriptedUpstream.events(flood));
                leaveAfterSome("HTTP/1.1 200 OK", leftByClients);
            }
            String model = gateway.serve(killed);
            killed.does(ScriptedUpstream.events(flood));
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(ask(model));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> killed.running() == 100);
            killed.kill();
            for (Socket client : clients) {
                client.close();
            }
            await().untilAsserted(() -> assertThat(gateway.running(model)).isZero());

            System.gc(); // lets the leak detector see what became unreachable; it reports with the next allocations
            for (int i = 0; i < 50; i++) {
                gateway.chat("nobody");
            }
            assertThat(complaints.all()).isEmpty();
        }
    }

    /** Each client leaves once it has read what it waits for and all have arrived; half of them with a reset. */
    private void leaveAfterSome(String awaited, ScriptedUpstream replica) throws Exception {
        String model = gateway.serve(replica);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(ask(model));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> replica.running() == CLIENTS);
        assertThat(gateway.running(model)).isEqualTo(CLIENTS);

        for (int i = 0; i < CLIENTS; i++) {
            Socket client = clients.get(i);
            assertThat(client.getInputStream().readNBytes(awaited.length())).asString().isEqualTo(awaited);
            client.setSoLinger(i % 2 == 0, 0);
            client.close();
        }

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(replica.running()).isZero());
        await().untilAsserted(() -> assertThat(gateway.running(model)).isZero());
        assertThat(gateway.bean(ReplicaDirectory.class).pool(model).byLoad()).extracting(Replica::outstanding)
                .containsOnly(0);
        gateway.awaitEnded(model, EndReason.CLIENT_ABORT, CLIENTS);
        assertThat(replica.received()).hasSizeGreaterThanOrEqualTo(CLIENTS);
    }

    private Socket ask(String model) throws Exception {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        String body = TestGateway.chatBody(model);
        socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nHost: barista\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
