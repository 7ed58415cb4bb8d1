package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.ModelSource;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceAddressTest {

    private static final Path BASE = Path.of("/base");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3://bucket                      | S3[bucket,,false]                  | s3://bucket
            s3://bucket/a/b/                 | S3[bucket,a/b,false]               | s3://bucket/a/b
            s3://anonymous@bucket/a          | S3[bucket,a,true]                  | s3://anonymous@bucket/a
            gs://anonymous@b.ucket/a b       | Gcs[b.ucket,a b,true]              | gs://anonymous@b.ucket/a b
            hf://org/name                    | HuggingFace[org/name,main,]        | hf://org/name
            hf://gpt2                        | HuggingFace[gpt2,main,]            | hf://gpt2
            hf://org/name@v1.0/sub/folder    | HuggingFace[org/name,v1.0,sub/folder] | hf://org/name@v1.0/sub/folder
            models/one                       | Folder[/base/models/one]           | /base/models/one
            /models/../two                   | Folder[/two]                       | /two
            file:///models/a%20b/            | Folder[/models/a b]                | /models/a b
            """)
    void readsAddresses(String text, String parsed, String shown) {
        SourceAddress address = SourceAddress.parse(text, BASE);
        assertThat(describe(address)).isEqualTo(parsed);
        assertThat(address).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abfss://container@account/x", "azure://x", "s3://", "gs://-", "hf://", "hf://a/b@",
        "https://user:sesame@host/x", "s3://user:sesame@bucket/x",
        "file://host/x", "file://x"})
    void refusesWhatIsNoAddressWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> SourceAddress.parse(text, BASE)).isInstanceOfSatisfying(SourceException.class,
                refused -> {
                    assertThat(refused.kind()).isEqualTo(SourceException.Kind.ADDRESS);
                    assertThat(refused).hasMessageContaining("expected s3://").hasMessageNotContaining("sesame");
                });
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            s3://bucket/adapters/,     s3://bucket/adapters/pirate/
            s3://bucket,               s3://bucket/pirate
            s3://anonymous@bucket/a,   s3://bucket/a/pirate
            hf://org/name@v1,          hf://org/name@v1/pirate
            adapters,                  adapters/pirate
            adapters,                  /base/adapters/pirate
            adapters,                  ./adapters/pirate
            /base/adapters,            adapters/pirate
            adapters,                  file:///base/adapters/pirate
            file:///base/adapters,     /base/adapters/pirate
            """)
    void knowsAnAdapterRightUnderIt(String root, String address) {
        assertThat(SourceAddress.parse(root, BASE).adapterAt(address, BASE)).contains("pirate");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            s3://bucket/adapters,      s3://bucket/adapters
            s3://bucket/adapters,      s3://bucket/adapters/a/pirate
            s3://bucket/adapters,      s3://bucket/adapters/../secret
            s3://bucket/adapters,      s3://other/adapters/pirate
            s3://bucket/adapters,      gs://bucket/adapters/pirate
            s3://bucket/adapters,      pirate
            adapters,                  adapters/../secret
            adapters,                  adapters/../adapters/pirate
            adapters,                  /etc/passwd
            adapters,                  adapters/.hidden
            adapters,                  https://host/adapters/pirate
            adapters,                  ''
            """)
    void knowsNoOtherAddressAsAnAdapter(String root, String address) {
        assertThat(SourceAddress.parse(root, BASE).adapterAt(address, BASE)).isEmpty();
        assertThat(SourceAddress.parse(root, BASE).adapterAt(address + "\0", BASE)).isEmpty();
    }

    @Test
    void takesARevisionFromBesideTheModel() {
        assertThat(SourceAddress.of(new ModelSource.HuggingFace("org/name"), "v2")).hasToString("hf://org/name@v2");
        assertThat(SourceAddress.of(new ModelSource.HuggingFace("org/name@v1"), null)).hasToString("hf://org/name@v1");
        assertThat(SourceAddress.of(new ModelSource.Bucket("gs://b/x", List.of()), null)).hasToString("gs://b/x");
    }

    private static String describe(SourceAddress address) {
        return switch (address) {
            case SourceAddress.Folder(Path path) -> "Folder[%s]".formatted(path);
            case SourceAddress.S3(String bucket, String prefix, boolean anonymous) ->
                "S3[%s,%s,%s]".formatted(bucket, prefix, anonymous);
            case SourceAddress.Gcs(String bucket, String prefix, boolean anonymous) ->
                "Gcs[%s,%s,%s]".formatted(bucket, prefix, anonymous);
            case SourceAddress.HuggingFace(String repository, String revision, String folder) ->
                "HuggingFace[%s,%s,%s]".formatted(repository, revision, folder);
        };
    }
}
