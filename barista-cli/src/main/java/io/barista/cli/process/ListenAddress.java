package io.barista.cli.process;

import io.barista.cli.CommandFailure;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Where clients will reach a service, checked before anything is started. */
public record ListenAddress(InetAddress address, int port) {

    private static final String LOOPBACK = "127.0.0.1";

    private static final int LAST_PORT = 65_535;

    /** @throws CommandFailure when there is no such host or port */
    public static ListenAddress of(String host, int port) {
        requirePort("--port", port);
        try {
            return new ListenAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException _) {
            throw CommandFailure.of("--host %s is no address of this machine", host);
        }
    }

    /** @throws CommandFailure when there is no such port */
    public static void requirePort(String option, int port) {
        if (port < 1 || port > LAST_PORT) {
            throw CommandFailure.withExitCode(2, option + " must be from 1 to " + LAST_PORT + ", was " + port);
        }
    }

    public String host() {
        return address.getHostAddress();
    }

    /** What to type on this machine. */
    public URI url() {
        String reachable = address.isAnyLocalAddress() ? LOOPBACK : host();
        return URI.create("http://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port);
    }

    public void warnIfOpen(boolean hasKey, PrintStream err) {
        if (!address.isLoopbackAddress() && !hasKey) {
            err.printf("warning: everyone who reaches %s:%d may use the models; --api-key changes that%n", host(),
                    port);
        }
    }

    /** @throws CommandFailure when another program listens there */
    public void requireFree() {
        if (!Ports.isFree(address, port)) {
            throw CommandFailure.of("port %d of %s is in use; free it or choose another with --port", port, host());
        }
    }
}
