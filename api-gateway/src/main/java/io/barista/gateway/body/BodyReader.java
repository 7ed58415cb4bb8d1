package io.barista.gateway.body;

import io.barista.gateway.settings.GatewaySettings;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;

/** Reads a JSON body whole, never more of it than the cap, whether its length is declared or not. */
final class BodyReader {

    private final GatewaySettings.Body limits;
    private final BodyMemory memory;

    BodyReader(GatewaySettings.Body limits, BodyMemory memory) {
        this.limits = limits;
        this.memory = memory;
    }

    /** The body, which the caller must discard; an {@link ApiException} when it is not one to be read. */
    Mono<RequestBody> read(ServerHttpRequest request) {
        return Mono.defer(() -> {
            HttpHeaders headers = request.getHeaders();
            requireJson(headers);
            long declared = headers.getContentLength();
            if (declared > limits.maxSize().toBytes()) {
                throw tooLarge();
            }
            int expected = (int) Math.max(declared, 0);
            RequestBody body = new RequestBody(memory);
            return request.getBody().doOnNext(piece -> append(body, piece, expected)).then(Mono.just(body))
                    .timeout(limits.readTimeout())
                    .onErrorMap(TimeoutException.class, _ -> new ApiException(ErrorCode.TIMEOUT,
                            "The request body did not arrive within %d s.".formatted(limits.readTimeout().toSeconds())))
                    .doOnNext(BodyReader::requireContent).doOnError(_ -> body.discard()).doOnCancel(body::discard);
        });
    }

    private void append(RequestBody body, DataBuffer piece, int expected) {
        try {
            if ((long) body.size() + piece.readableByteCount() > limits.maxSize().toBytes()) {
                throw tooLarge();
            }
            if (!body.append(piece, expected)) {
                throw new ApiException(ErrorCode.UNAVAILABLE,
                        "The gateway is holding as many request bodies as it has memory for. Try again soon.");
            }
        } finally {
            DataBufferUtils.release(piece);
        }
    }

    private ApiException tooLarge() {
        return new ApiException(ErrorCode.BODY_TOO_LARGE,
                "The request body is larger than the limit of %d bytes.".formatted(limits.maxSize().toBytes()));
    }

    private static void requireContent(RequestBody body) {
        if (body.size() == 0) {
            throw new ApiException(ErrorCode.INVALID_JSON, "The request body is empty; a JSON object was expected.");
        }
    }

    private static void requireJson(HttpHeaders headers) {
        String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
        if (type == null || !isJson(type)) {
            throw new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Only a body of `Content-Type: application/json` is supported.");
        }
        String encoding = headers.getFirst(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "A request body with a `Content-Encoding` is not supported; send it uncompressed.");
        }
    }

    private static boolean isJson(String type) {
        try {
            MediaType media = MediaType.parseMediaType(type);
            return media.getType().equals("application")
                    && (media.getSubtype().equals("json") || media.getSubtype().endsWith("+json"));
        } catch (RuntimeException e) { // not a media type at all
            return false;
        }
    }
}
