package io.barista.sources.folder;

import io.barista.sources.Checksum;
import io.barista.sources.FileSource;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceAddress;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder of this machine. A file's version is its length and when it was changed; links are followed. */
public final class FolderSource implements FileSource {

    private static final int DEPTH = 8;

    private final Path folder;

    public FolderSource(SourceAddress.Folder address) {
        this.folder = address.path();
    }

    @Override
    public String name() {
        return folder.toString();
    }

    @Override
    public List<RemoteFile> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new SourceException(SourceException.Kind.NOT_FOUND, "no such folder: " + folder);
        }
        List<RemoteFile> files = new ArrayList<>();
        try (Stream<Path> content = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            for (Path path : content.filter(Files::isRegularFile).toList()) {
                String relative = folder.relativize(path).toString().replace('\\', '/');
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                files.add(new RemoteFile(relative, attributes.size(), version(attributes), relative, Optional.empty()));
            }
        }
        return files;
    }

    @Override
    public Optional<Checksum> checksum(RemoteFile file) throws IOException {
        requireUnchanged(file);
        return Optional.empty();
    }

    @Override
    public InputStream open(RemoteFile file, long offset, long length) throws IOException {
        requireUnchanged(file);
        SeekableByteChannel channel = Files.newByteChannel(folder.resolve(file.location()));
        return Channels.newInputStream(channel.position(offset));
    }

    @Override
    public void close() {}

    private void requireUnchanged(RemoteFile file) throws IOException {
        Path path = folder.resolve(file.location());
        if (!Files.isRegularFile(path)
                || !version(Files.readAttributes(path, BasicFileAttributes.class)).equals(file.version())) {
            throw new SourceException(SourceException.Kind.CHANGED, path + ": changed while it was read");
        }
    }

    private static String version(BasicFileAttributes attributes) {
        return attributes.size() + "-" + attributes.lastModifiedTime().toInstant();
    }
}
