package io.barista.loraregistry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Adapters at a source over HTTP, with faults on demand. */
interface RemoteFolder extends AutoCloseable {

    /** What happens to a request for a file. */
    interface Fault {

        /** Answers in its own way, or returns false to let the answer be as usual. */
        boolean apply(HttpExchange exchange, byte[] wanted) throws IOException;
    }

    /** The address, as {@code dynamic_lora_loading_path} has it. */
    String path();

    /** What the configuration's {@code env_vars} need for it. */
    Map<String, String> variables();

    void put(String path, byte[] content);

    void delete(String path);

    /** From now on. */
    void faults(Fault next);

    /** Whether every request is answered with 503. */
    void isDown(boolean down);

    /** Paths of the files whose content was asked for. */
    List<String> requests();

    @Override
    void close();
}
