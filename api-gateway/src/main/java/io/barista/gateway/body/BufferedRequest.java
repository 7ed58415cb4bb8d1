package io.barista.gateway.body;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;

/** The request as it goes to a replica: the original bytes, as often as an attempt asks for them. */
final class BufferedRequest extends ServerHttpRequestDecorator {

    private final RequestBody body;
    private final DataBufferFactory buffers;
    private final HttpHeaders headers;

    BufferedRequest(ServerHttpRequest request, RequestBody body, DataBufferFactory buffers) {
        super(request);
        this.body = body;
        this.buffers = buffers;
        this.headers = new HttpHeaders();
        headers.putAll(request.getHeaders());
        headers.remove(HttpHeaders.TRANSFER_ENCODING);
        headers.remove(HttpHeaders.EXPECT);
        headers.remove(HttpHeaders.ACCEPT_ENCODING); // events are told apart by their bytes: no compression
        headers.setContentLength(body.size());
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return Flux.defer(() -> body.pieces(buffers));
    }
}
