package io.barista.sources.s3;

import io.barista.sources.SourceAddress;
import io.barista.sources.SourceEnvironment;
import io.barista.sources.SourceException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients of S3 as the variables that everyone knows describe them. */
final class S3Clients {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private S3Clients() {}

    static S3Client of(SourceAddress.S3 address, SourceEnvironment environment) {
        Optional<URI> endpoint = environment.findFirst("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL").map(S3Clients::uri);
        boolean isPathStyle = environment.find("AWS_S3_ADDRESSING_STYLE").map(style -> style.equals("path"))
                .orElse(endpoint.isPresent());
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
                // our own retries know the deadline and tell the listener
                .overrideConfiguration(override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .forcePathStyle(isPathStyle)
                .crossRegionAccessEnabled(endpoint.isEmpty())
                .region(region(environment))
                .credentialsProvider(credentials(address, environment));
        endpoint.ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new SourceException(SourceException.Kind.ADDRESS, "AWS_ENDPOINT_URL_S3 is no address: " + text);
        }
    }

    private static Region region(SourceEnvironment environment) {
        return environment.findFirst("AWS_REGION", "AWS_DEFAULT_REGION").map(Region::of).orElseGet(() -> {
            try {
                return new DefaultAwsRegionProviderChain().getRegion();
            } catch (SdkClientException none) {
                return Region.US_EAST_1; // from where a bucket's own region is found
            }
        });
    }

    private static AwsCredentialsProvider credentials(SourceAddress.S3 address, SourceEnvironment environment) {
        if (address.isAnonymous()) {
            return AnonymousCredentialsProvider.create();
        }
        Optional<String> id = environment.find("AWS_ACCESS_KEY_ID");
        Optional<String> secret = environment.find("AWS_SECRET_ACCESS_KEY");
        if (id.isEmpty() || secret.isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        AwsCredentials credentials = environment.find("AWS_SESSION_TOKEN")
                .<AwsCredentials>map(token -> AwsSessionCredentials.create(id.get(), secret.get(), token))
                .orElseGet(() -> AwsBasicCredentials.create(id.get(), secret.get()));
        return StaticCredentialsProvider.create(credentials);
    }
}
