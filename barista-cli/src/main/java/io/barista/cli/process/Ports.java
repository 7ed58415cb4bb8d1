package io.barista.cli.process;

import io.barista.cli.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Free TCP ports for inner services. */
public final class Ports {

    // Below what Linux and macOS give to outgoing connections: between a service's death and its next start nobody takes its port.
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    private final RandomGenerator random;
    private final Set<Integer> taken = new HashSet<>();

    public Ports(RandomGenerator random) {
        this.random = random;
    }

    /** A loopback port that is free now and was not handed out before. */
    public int next() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = random.nextInt(FIRST, LAST);
            if (isFree(InetAddress.getLoopbackAddress(), port) && taken.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + FIRST + " and " + LAST);
    }

    /**
     * A loopback port that the user asks for.
     *
     * @param reason who asks, to follow "port 1, which" in a message
     * @throws CommandFailure when it is not free
     */
    public int take(int port, String reason) {
        if (port > 65_535 || !isFree(InetAddress.getLoopbackAddress(), port) || !taken.add(port)) {
            throw CommandFailure.of("port %d, which %s, is not free", port, reason);
        }
        return port;
    }

    public static boolean isFree(InetAddress address, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, port), 1);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
