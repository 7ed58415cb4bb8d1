package io.barista.sources;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * What a file's content must hash to.
 *
 * @param hex lower case
 */
public record Checksum(Algorithm algorithm, String hex) {

    public enum Algorithm {
        SHA256, MD5, CRC32C, CRC32,

        /** Git's name of a file: SHA-1 over a header with the length, then the content. */
        GIT_BLOB
    }

    /** Fed with the content in order. */
    public interface Digester {

        void update(ByteBuffer bytes);

        String hex();
    }

    public static Checksum ofBase64(Algorithm algorithm, String base64) {
        return new Checksum(algorithm, HexFormat.of().formatHex(Base64.getDecoder().decode(base64)));
    }

    /** @param bytes the content's length, which {@code GIT_BLOB} hashes first */
    public Digester digester(long bytes) {
        return switch (algorithm) {
            case SHA256 -> new Hash(digest("SHA-256"));
            case MD5 -> new Hash(digest("MD5"));
            case GIT_BLOB -> {
                MessageDigest sha1 = digest("SHA-1");
                sha1.update(("blob " + bytes + "\0").getBytes(StandardCharsets.US_ASCII));
                yield new Hash(sha1);
            }
            case CRC32C -> new Cyclic(new CRC32C());
            case CRC32 -> new Cyclic(new CRC32());
        };
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has " + name, e);
        }
    }

    private record Hash(MessageDigest digest) implements Digester {

        @Override
        public void update(ByteBuffer bytes) {
            digest.update(bytes);
        }

        @Override
        public String hex() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private record Cyclic(java.util.zip.Checksum sum) implements Digester {

        @Override
        public void update(ByteBuffer bytes) {
            sum.update(bytes);
        }

        @Override
        public String hex() {
            return HexFormat.of().toHexDigits((int) sum.getValue());
        }
    }
}
