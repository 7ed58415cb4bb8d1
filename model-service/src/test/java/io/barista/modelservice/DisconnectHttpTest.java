package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.EngineStats;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

class DisconnectHttpTest extends AbstractDemoTest {

    @LocalServerPort
    private int port;

    @Test
    void freesEverythingAfterTwoHundredClientsLeft() throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(ask(i % 2 == 0));
            if (i % 20 == 19) {
                // half of them in the middle of their stream, the others before or without one
                readSome(clients.get(18));
                for (Socket client : clients) {
                    client.close();
                }
                clients.clear();
            }
        }
        awaitIdle();
        assertThat(service.post("/v1/completions", "{\"prompt\":\"Hi\",\"max_tokens\":2}").status()).isEqualTo(200);
    }

    private Socket ask(boolean stream) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        byte[] body = "{\"prompt\":\"Tell me\",\"max_tokens\":2000,\"ignore_eos\":true,\"stream\":%b}".formatted(stream)
                .getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        return socket;
    }

    private static void readSome(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        assertThat(in.readNBytes(400)).hasSize(400);
    }

    private void awaitIdle() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        EngineStats stats = model.engine().stats();
        while (stats.running() + stats.waiting() + stats.kvBlocksUsed() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(20);
            stats = model.engine().stats();
        }
        assertThat(stats.kvBlocksUsed()).isZero();
        assertThat(stats.running()).isZero();
        assertThat(stats.waiting()).isZero();
    }
}
