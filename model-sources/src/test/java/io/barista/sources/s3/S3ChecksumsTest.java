package io.barista.sources.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.sources.Checksum;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** What servers of S3's protocol tell of an object. */
class S3ChecksumsTest {

    private static final String MD5 = "\"2c83c6f8985e19183980d386dfe7267f\"";
    private static final String IN_PARTS = "\"2c83c6f8985e19183980d386dfe7267f-2\"";

    @Test
    void takesAChecksumOfTheWholeObject() {
        assertThat(algorithm(head -> head.eTag(MD5).checksumCRC32("sFwlVg=="))).isEqualTo(Checksum.Algorithm.CRC32);
        assertThat(algorithm(head -> head.eTag(IN_PARTS).checksumCRC32("sFwlVg==")
                .checksumType(ChecksumType.FULL_OBJECT))).isEqualTo(Checksum.Algorithm.CRC32);
        assertThat(algorithm(head -> head.eTag(MD5))).isEqualTo(Checksum.Algorithm.MD5);
    }

    @Test
    void takesNoChecksumOfParts() {
        assertThat(algorithm(head -> head.eTag(IN_PARTS).checksumCRC32("sFwlVg==")
                .checksumType(ChecksumType.COMPOSITE))).isNull();
        assertThat(algorithm(head -> head.eTag(IN_PARTS).checksumCRC32("sFwlVg=="))).as("of a server without types")
                .isNull();
        assertThat(
                algorithm(head -> head.eTag(IN_PARTS).checksumSHA256("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=-2")))
                .isNull();
    }

    private static Checksum.Algorithm algorithm(UnaryOperator<HeadObjectResponse.Builder> object) {
        return S3Checksums.of(object.apply(HeadObjectResponse.builder()).build()).map(Checksum::algorithm).orElse(null);
    }
}
