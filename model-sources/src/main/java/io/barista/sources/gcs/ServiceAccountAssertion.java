package io.barista.sources.gcs;

import io.barista.sources.SourceException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The signed statement for which Google gives a service account a token (RFC 7523). */
final class ServiceAccountAssertion {

    private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_only";
    private static final long VALID_SECONDS = 3600;

    private ServiceAccountAssertion() {}

    /** @param key the service account's key file */
    static String of(JsonNode key, URI audience, Instant now) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", "RS256");
        header.put("typ", "JWT");
        header.put("kid", key.path("private_key_id").asString(""));
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", key.path("client_email").asString(""));
        claims.put("scope", SCOPE);
        claims.put("aud", audience.toString());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.getEpochSecond() + VALID_SECONDS);
        String text = encoded(header) + "." + encoded(claims);
        return text + "." + signature(text, key.path("private_key").asString(""));
    }

    private static String signature(String text, String pem) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            PrivateKey privateKey = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(privateKey);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException | IllegalArgumentException e) { // without the cause, which may quote the key
            throw new SourceException(SourceException.Kind.DENIED,
                    "Google Cloud Storage: the service account's key file holds no usable private_key");
        }
    }

    private static String encoded(Map<String, Object> part) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(JsonMapper.shared().writeValueAsString(part).getBytes(StandardCharsets.UTF_8));
    }
}
