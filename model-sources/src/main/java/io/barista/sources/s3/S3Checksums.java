package io.barista.sources.s3;

import io.barista.sources.Checksum;
import io.barista.sources.Checksum.Algorithm;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What S3 tells of an object's content. */
final class S3Checksums {

    private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern PARTS = Pattern.compile(".*-\\d+");

    private S3Checksums() {}

    /** The strongest checksum over the whole object; objects uploaded in parts may have none. */
    static Optional<Checksum> of(HeadObjectResponse object) {
        if (isOfTheWhole(object)) {
            if (object.checksumSHA256() != null) {
                return Optional.of(Checksum.ofBase64(Algorithm.SHA256, object.checksumSHA256()));
            }
            if (object.checksumCRC32C() != null) {
                return Optional.of(Checksum.ofBase64(Algorithm.CRC32C, object.checksumCRC32C()));
            }
            if (object.checksumCRC32() != null) {
                return Optional.of(Checksum.ofBase64(Algorithm.CRC32, object.checksumCRC32()));
            }
        }
        return ofEtag(object);
    }

    /** Servers that do not tell the type of a checksum have, of an object in parts, one of the parts' checksums. */
    private static boolean isOfTheWhole(HeadObjectResponse object) {
        return object.checksumType() == null
                ? !PARTS.matcher(etag(object)).matches()
                : object.checksumType() == ChecksumType.FULL_OBJECT;
    }

    private static String etag(HeadObjectResponse object) {
        return String.valueOf(object.eTag()).replace("\"", "");
    }

    /** The etag is the content's MD5, unless the object was uploaded in parts or lies encrypted under a key of KMS or the client. */
    private static Optional<Checksum> ofEtag(HeadObjectResponse object) {
        boolean isPlain = (object.serverSideEncryption() == null
                || object.serverSideEncryption() == ServerSideEncryption.AES256)
                && object.sseCustomerAlgorithm() == null;
        String etag = etag(object);
        return isPlain && MD5.matcher(etag).matches()
                ? Optional.of(new Checksum(Algorithm.MD5, etag))
                : Optional.empty();
    }
}
