package io.barista.sources.s3;

import io.barista.sources.Checksum;
import io.barista.sources.FileSource;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceAddress;
import io.barista.sources.SourceEnvironment;
import io.barista.sources.SourceException;
import io.barista.sources.web.Answers;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A folder of a bucket. A file's version is its etag, and each part is read only if the etag still holds. */
public final class S3Source implements FileSource {

    private static final String HINT = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile or role,"
            + " or write s3://anonymous@bucket/... for a public bucket";

    private final SourceAddress.S3 address;
    private final S3Client client;

    public S3Source(SourceAddress.S3 address, SourceEnvironment environment) {
        this.address = address;
        this.client = S3Clients.of(address, environment);
    }

    /** One call of the SDK. */
    private interface Call<T> {

        T run();
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public List<RemoteFile> list() throws InterruptedException {
        String prefix = address.prefix().isEmpty() ? "" : address.prefix() + "/";
        List<RemoteFile> files = new ArrayList<>();
        String next = null;
        do {
            String token = next;
            ListObjectsV2Response page = call(name(), () -> client.listObjectsV2(request -> request
                    .bucket(address.bucket()).prefix(prefix).continuationToken(token)));
            page.contents().stream().filter(object -> !object.key().endsWith("/"))
                    .map(object -> file(object, prefix)).forEach(files::add);
            next = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (next != null);
        return files;
    }

    @Override
    public Optional<Checksum> checksum(RemoteFile file) throws InterruptedException {
        return S3Checksums.of(call(what(file), () -> client.headObject(request -> request.bucket(address.bucket())
                .key(file.location()).ifMatch(file.version()).checksumMode(ChecksumMode.ENABLED))));
    }

    @Override
    public InputStream open(RemoteFile file, long offset, long length) throws IOException, InterruptedException {
        return call(what(file), () -> client.getObject(request -> request.bucket(address.bucket())
                .key(file.location()).ifMatch(file.version())
                .range("bytes=%d-%d".formatted(offset, offset + length - 1))));
    }

    @Override
    public void close() {
        client.close();
    }

    private static RemoteFile file(S3Object object, String prefix) {
        return new RemoteFile(object.key().substring(prefix.length()), object.size(), object.eTag(), object.key(),
                Optional.empty());
    }

    private String what(RemoteFile file) {
        return name() + ": " + file.path();
    }

    /** The SDK's own messages stay out of ours: they name hosts, request ids and where it looked for keys. */
    private static <T> T call(String what, Call<T> call) throws InterruptedException {
        try {
            return call.run();
        } catch (AwsServiceException e) {
            throw Answers.failure(what, e.statusCode(), HINT, retryAfter(e), e);
        } catch (AbortedException e) {
            throw new InterruptedException(what);
        } catch (SdkClientException e) {
            throw clientFailure(what, e);
        }
    }

    private static SourceException clientFailure(String what, SdkException failure) throws InterruptedException {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                throw new InterruptedException(what);
            }
            if (cause instanceof IOException broken) {
                return new SourceException(SourceException.Kind.UNREACHABLE, what + ": " + broken, failure);
            }
        }
        return String.valueOf(failure.getMessage()).contains("redentials")
                ? new SourceException(SourceException.Kind.DENIED, what + ": no credentials found; " + HINT, failure)
                : new SourceException(SourceException.Kind.UNREACHABLE, what + ": the request failed", failure);
    }

    private static Optional<String> retryAfter(AwsServiceException failure) {
        return Optional.ofNullable(failure.awsErrorDetails())
                .flatMap(details -> Optional.ofNullable(details.sdkHttpResponse()))
                .flatMap(response -> response.firstMatchingHeader("Retry-After"));
    }
}
