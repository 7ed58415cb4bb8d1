package io.barista.gateway.auth;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Whom the gateway serves: the holders of the one key, or everybody when there is none. */
public final class Access {

    /** Where Anthropic's clients put the key. */
    private static final String ANTHROPIC_HEADER = "x-api-key";

    private final @Nullable ApiKey key;

    private Access(@Nullable ApiKey key) {
        this.key = key;
    }

    /** @param key absent or blank: everybody is served */
    public static Access of(@Nullable String key) {
        return new Access(key == null || key.isBlank() ? null : new ApiKey(key.strip()));
    }

    public boolean isOpen() {
        return key == null;
    }

    /** Whether a request with these headers is served. */
    boolean admits(HttpHeaders headers) {
        String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
        String plain = headers.getFirst(ANTHROPIC_HEADER);
        return key == null || authorization != null && key.isIn(authorization) || plain != null && key.is(plain);
    }

    /** The {@code Authorization} header of the gateway's own calls to replicas, if they want one. */
    public Optional<String> authorization() {
        return Optional.ofNullable(key).map(ApiKey::authorization);
    }
}
