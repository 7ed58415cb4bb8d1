package io.barista.gateway.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A secret that is compared as a digest in constant time, so that neither its content nor its length leaks. */
final class ApiKey {

    private static final String SCHEME = "Bearer ";

    private final String key;
    private final byte[] digest;

    ApiKey(String key) {
        this.key = key;
        this.digest = sha256(key);
    }

    /** Whether an {@code Authorization} header carries this key. */
    boolean isIn(String authorization) {
        return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && is(authorization.substring(SCHEME.length()));
    }

    /** Whether this is the key. */
    boolean is(String offered) {
        return MessageDigest.isEqual(digest, sha256(offered.strip()));
    }

    /** The {@code Authorization} header that shows this key. */
    String authorization() {
        return SCHEME + key;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
