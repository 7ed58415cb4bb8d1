package io.barista.modelservice.registry;

import io.barista.modelservice.registry.RegistryClient.RegistryFaultException;
import io.barista.modelservice.registry.RegistryClient.VersionGoneException;
import io.barista.sources.Checksum;
import io.barista.sources.FileSource;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceException;
import io.barista.sources.SourceException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One version of an adapter at the registry, as a source of files. */
final class RegistrySource implements FileSource {

    private final RegistryClient client;
    private final AdapterCard card;

    RegistrySource(RegistryClient client, AdapterCard card) {
        this.client = client;
        this.card = card;
    }

    @Override
    public String name() {
        return "adapter " + card.name();
    }

    @Override
    public List<RemoteFile> list() {
        return card.files().stream()
                .map(file -> new RemoteFile(file.name(), file.bytes(), card.version(), file.name(), Optional.empty()))
                .toList();
    }

    /** Asked for when the parts have come, and so once the registry has fetched and hashed the adapter itself. */
    @Override
    public Optional<Checksum> checksum(RemoteFile file) throws IOException, InterruptedException {
        AdapterCard now = asking(() -> client.card(card.name()));
        if (!now.version().equals(card.version())) {
            throw changed(null);
        }
        String hex = now.files().stream().filter(each -> each.name().equals(file.path())).findFirst()
                .map(AdapterCard.FileCard::crc32c)
                .orElseThrow(() -> new IOException("the registry has no checksum of " + file.path() + " yet"));
        return Optional.of(new Checksum(Checksum.Algorithm.CRC32C, hex));
    }

    @Override
    public InputStream open(RemoteFile file, long offset, long length) throws IOException, InterruptedException {
        String tag = "\"" + card.version() + "-" + file.path() + "\"";
        return asking(() -> client.open(card.name(), file.path(), tag, offset, length));
    }

    /** The client outlives its sources. */
    @Override
    public void close() {}

    private interface Question<T> {

        T ask() throws IOException, InterruptedException;
    }

    private <T> T asking(Question<T> question) throws IOException, InterruptedException {
        try {
            return question.ask();
        } catch (VersionGoneException e) {
            throw changed(e);
        } catch (RegistryFaultException e) {
            throw new SourceException(Kind.UNREACHABLE, String.valueOf(e.getMessage()), e);
        }
    }

    private SourceException changed(@Nullable Throwable cause) {
        return new SourceException(Kind.CHANGED, name() + " was uploaded anew while it was read", cause);
    }
}
