package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksumTest {

    /** The published check values of "123456789", and git's name of a file with that text. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            SHA256, 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225
            MD5, 25f9e794323b453885f5181f1b624d0b
            CRC32, cbf43926
            CRC32C, e3069283
            GIT_BLOB, e2e107ac61ac259b87c544f6e7a4eb03422c6c21
            """)
    void hashesAsTheWorldDoes(Checksum.Algorithm algorithm, String expected) {
        Checksum.Digester digester = new Checksum(algorithm, expected).digester(9);
        digester.update(ByteBuffer.wrap("12345".getBytes(StandardCharsets.US_ASCII)));
        digester.update(ByteBuffer.wrap("6789".getBytes(StandardCharsets.US_ASCII)));
        assertThat(digester.hex()).isEqualTo(expected);
    }
}
