package io.barista.gateway.adapters;

import io.barista.gateway.auth.Access;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Requests of the gateway's own to the other services, with the suite's key. */
final class Calls {

    private final HttpClient http;
    private final Access access;

    Calls(HttpClient http, Access access) {
        this.http = http;
        this.access = access;
    }

    /** How long the answer may take is the other service's business. Ends with an error when there is none. */
    Mono<Answer> json(HttpMethod method, String address, byte[] body) {
        return http.headers(headers -> {
            headers.set(HttpHeaders.CONTENT_TYPE, "application/json");
            access.authorization().ifPresent(key -> headers.set(HttpHeaders.AUTHORIZATION, key));
        }).request(method).uri(address).send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .responseSingle((response, content) -> content.asByteArray().defaultIfEmpty(new byte[0])
                        .map(said -> new Answer(response.status().code(),
                                response.responseHeaders().get(HttpHeaders.CONTENT_TYPE, "text/plain"), said)));
    }
}
