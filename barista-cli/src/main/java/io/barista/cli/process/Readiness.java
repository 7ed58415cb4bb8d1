package io.barista.cli.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** Asks a service on this machine whether it is ready. */
public final class Readiness {

    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Readiness() {}

    /** Waits until the service on {@code port} is ready; false when the process ended before. */
    public static boolean await(Process process, int port) throws InterruptedException {
        URI question = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
        while (process.isAlive()) {
            if (saysYes(question)) {
                return true;
            }
            Thread.sleep(BETWEEN_QUESTIONS);
        }
        return false;
    }

    private static boolean saysYes(URI question) {
        try {
            HttpURLConnection connection = (HttpURLConnection) question.toURL().openConnection();
            connection.setConnectTimeout((int) PATIENCE.toMillis());
            connection.setReadTimeout((int) PATIENCE.toMillis());
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException _) {
            return false; // not listening yet, or too busy to answer
        }
    }
}
