package io.barista.sources;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * What a folder holds, by content.
 *
 * @param label whose folder it is, one path element
 * @param hash  of what it holds: 16 hexadecimal digits
 */
public record FolderVersion(String label, String hash) {

    private static final int HASH_BYTES = 8;

    static FolderVersion of(String source, List<RemoteFile> files) {
        String readable = source.replaceAll("[^A-Za-z0-9.]+", "-").replaceAll("^[-.]+|[-.]+$", "");
        String label = readable.substring(Math.max(0, readable.length() - 80)).replaceAll("^[-.]+", "");
        return new FolderVersion(label + "-" + shortHash(source), hash(files));
    }

    /** Of two labels with the same files, too, the hashes differ: some sources tell versions by times, which copies have in common. */
    public static FolderVersion labelled(String label, List<RemoteFile> files) {
        return new FolderVersion(label, shortHash(label + "\n" + hash(files)));
    }

    /** Of the names, lengths and versions of the files. */
    static String hash(List<RemoteFile> files) {
        StringBuilder all = new StringBuilder();
        files.stream().sorted(Comparator.comparing(RemoteFile::path)).forEach(file -> all.append(file.path())
                .append('\t').append(file.bytes()).append('\t').append(file.version()).append('\n'));
        return shortHash(all.toString());
    }

    /** One path element for both. */
    String id() {
        return label + "." + hash;
    }

    /** Whether the id is that of another version of the same label. */
    boolean isAnotherOfTheLabel(String id) {
        return !id.equals(id()) && id.length() == id().length() && id.startsWith(label + ".");
    }

    /** 16 hexadecimal digits, for names that may be any text. */
    public static String shortHash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
