package io.barista.engine.kvcache;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Chains the hashes of a sequence's full blocks: H(parent, tokens). The root is the engine's own random salt, so that nobody can
 * prepare prompts that collide. Not thread-safe.
 */
final class BlockHasher {

    private final int blockTokens;
    private final MessageDigest sha256;
    private final byte[] input;
    private final ByteBuffer inputView;
    private final byte[] output = new byte[32];
    private final ByteBuffer outputView = ByteBuffer.wrap(output);
    private final BlockHash root;

    BlockHasher(int blockTokens, long salt) {
        this.blockTokens = blockTokens;
        this.input = new byte[2 * Long.BYTES + blockTokens * Integer.BYTES];
        this.inputView = ByteBuffer.wrap(input);
        this.root = new BlockHash(salt, ~salt);
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The parent of every first block. */
    BlockHash root() {
        return root;
    }

    /** The hash of the block whose tokens begin at {@code start}. */
    BlockHash next(BlockHash parent, int[] tokens, int start) {
        inputView.clear().putLong(parent.high()).putLong(parent.low());
        for (int i = 0; i < blockTokens; i++) {
            inputView.putInt(tokens[start + i]);
        }
        try {
            sha256.update(input);
            sha256.digest(output, 0, output.length);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
        return new BlockHash(outputView.getLong(0), outputView.getLong(Long.BYTES));
    }
}
