package io.barista.engine.kvcache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names the content of full blocks: H(parent, tokens, media), half of a SHA-256, so equal means equal. The parent of first blocks is
 * H(engine's random salt, adapter, request's salt), so that nobody can prepare prompts that collide. Not thread-safe; allocates
 * nothing for blocks of text.
 */
final class BlockHasher {

    private final int blockTokens;
    private final long salt;
    private final MessageDigest sha256;
    private final byte[] input;
    private final ByteBuffer inputView;
    private final byte[] output = new byte[32];
    private final ByteBuffer outputView = ByteBuffer.wrap(output);
    private long groups;

    BlockHasher(int blockTokens, long salt) {
        this.blockTokens = blockTokens;
        this.salt = salt;
        this.input = new byte[2 * Long.BYTES + blockTokens * Integer.BYTES];
        this.inputView = ByteBuffer.wrap(input);
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The parent of the first blocks of all prompts of a scope. */
    void root(PrefixScope scope, BlockHashes hashes) {
        sha256.update("scope".getBytes(StandardCharsets.UTF_8));
        number(salt);
        text(scope.adapter());
        text(scope.cacheSalt());
        hashes.root(digestHigh(), outputView.getLong(Long.BYTES));
    }

    /** A parent that nobody else ever gets. */
    void uniqueRoot(BlockHashes hashes, long group) {
        sha256.update("group".getBytes(StandardCharsets.UTF_8));
        number(salt);
        number(group);
        hashes.root(digestHigh(), outputView.getLong(Long.BYTES));
    }

    long nextGroup() {
        return groups++;
    }

    /** Adds the hash of the block that follows those hashed so far. */
    void next(BlockHashes hashes, int[] tokens, List<PrefixScope.Medium> media) {
        int start = hashes.size() * blockTokens;
        inputView.clear().putLong(hashes.lastHigh()).putLong(hashes.lastLow());
        for (int i = 0; i < blockTokens; i++) {
            inputView.putInt(tokens[start + i]);
        }
        sha256.update(input);
        for (int i = 0; i < media.size(); i++) {
            PrefixScope.Medium medium = media.get(i);
            if (medium.overlaps(start, start + blockTokens)) {
                text(medium.hash());
                number(medium.start() - start);
            }
        }
        hashes.add(digestHigh(), outputView.getLong(Long.BYTES));
    }

    /** Told apart from other texts by its length, and from absence. */
    private void text(@Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        number(text == null ? -1 : bytes.length);
        sha256.update(bytes);
    }

    private void number(long value) {
        outputView.putLong(0, value);
        sha256.update(output, 0, Long.BYTES);
    }

    private long digestHigh() {
        try {
            sha256.digest(output, 0, output.length);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
        return outputView.getLong(0);
    }
}
