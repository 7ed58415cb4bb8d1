package io.barista.sources.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.barista.sources.SourceEnvironment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ApplicationDefaultTokensTest {

    @TempDir
    private Path folder;

    @Test
    void signsAsAServiceAccount() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        AtomicInteger asked = new AtomicInteger();
        HttpServer tokens = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        tokens.createContext("/token", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.incrementAndGet();
            boolean isGenuine = isSignedBy(keys, body);
            byte[] answer = "{\"access_token\":\"sesame\",\"expires_in\":3600}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isGenuine ? 200 : 401, isGenuine ? answer.length : -1);
            exchange.getResponseBody().write(isGenuine ? answer : new byte[0]);
            exchange.close();
        });
        tokens.start();
        try {
            String address = "http://127.0.0.1:" + tokens.getAddress().getPort() + "/token";
            JsonNode key = JsonMapper.shared().valueToTree(Map.of("type", "service_account", "token_uri", address,
                    "client_email", "robot@example.test", "private_key_id", "1", "private_key", pem(keys)));
            Path file = Files.writeString(folder.resolve("key.json"), key.toString());
            GoogleTokens found = ApplicationDefaultTokens.of(new SourceEnvironment(
                    Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString()), Map.of()));
            assertThat(found.current()).contains("sesame");
            assertThat(found.current()).contains("sesame");
            assertThat(asked).hasValue(1);
        } finally {
            tokens.stop(0);
        }
    }

    private static String pem(KeyPair keys) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static boolean isSignedBy(KeyPair keys, String form) {
        String assertion = URLDecoder.decode(form.replaceAll(".*assertion=([^&]+).*", "$1"), StandardCharsets.UTF_8);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(keys.getPublic());
            signature.update(assertion.substring(0, assertion.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(assertion.substring(assertion.lastIndexOf('.') + 1)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
