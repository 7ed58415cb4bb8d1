package io.barista.sources;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One file as its source lists it.
 *
 * @param path     below the source's address, with {@code /}
 * @param version  changes whenever the content does: an etag, a generation, a content hash
 * @param location how the source itself names it
 * @param checksum where the listing already tells it
 */
public record RemoteFile(String path, long bytes, String version, String location, Optional<Checksum> checksum) {

    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_][\\w.+=-]*(/[A-Za-z0-9_][\\w.+=-]*)*");

    /** Whether the path may become a path of this machine: plain names, none hidden, none leading upwards. */
    public boolean hasSafePath() {
        return path.length() <= 512 && SAFE.matcher(path).matches();
    }

    /** The path's last part. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
