package io.barista.sources.testserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Between a client and a server: its first connections end in an error 503 or are cut, the others pass. */
public final class FaultyRelay implements AutoCloseable {

    private static final byte[] UNAVAILABLE = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nRetry-After: 0\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final int target;
    private final int faulty;
    private final int bytesBeforeTheCut;
    private final AtomicInteger connections = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param faulty how many connections fail; every second one by being cut after so many bytes */
    public FaultyRelay(int target, int faulty, int bytesBeforeTheCut) {
        this.target = target;
        this.faulty = faulty;
        this.bytesBeforeTheCut = bytesBeforeTheCut;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public String address() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    public int faults() {
        return Math.min(faulty, connections.get());
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                int number = connections.getAndIncrement();
                threads.execute(() -> serve(client, number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client, int number) {
        try (client; Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            if (number < faulty && number % 2 == 0) {
                client.getInputStream().read(new byte[64 << 10]);
                client.getOutputStream().write(UNAVAILABLE);
                return;
            }
            threads.execute(() -> copy(client, server, Long.MAX_VALUE));
            copy(server, client, number < faulty ? bytesBeforeTheCut : Long.MAX_VALUE);
        } catch (IOException cut) {
            // as intended, or the client is gone
        }
    }

    private static void copy(Socket from, Socket to, long limit) {
        byte[] buffer = new byte[8 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            long left = limit;
            for (int count = in.read(buffer); count >= 0 && left > 0; count = in.read(buffer)) {
                out.write(buffer, 0, (int) Math.min(count, left));
                left -= count;
            }
        } catch (IOException closed) {
            // the other direction ended
        }
    }
}
