package io.barista.engine.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.barista.engine.EngineException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * A tokenizer of the Rust library, held by its native handle. Thread-safe: the handle is never changed after construction, and
 * the library's encode and decode take it by shared reference.
 *
 * <p>This talks to the library's JNI layer and not to DJL's {@code HuggingFaceTokenizer}: that one calls home to its vendor when
 * created, reads padding and truncation wishes we do not have, and cannot be kept from looking up models on the network.
 */
final class NativeTokenizer {

    private static final Cleaner CLEANER = Cleaner.create();

    private final TokenizersLibrary library;
    private final long handle;

    /** @throws RuntimeException the library's own message, when the text is no tokenizer.json */
    NativeTokenizer(String tokenizerJson) {
        this.library = load();
        this.handle = library.createTokenizerFromString(tokenizerJson);
        // A file may ask for both; a prompt must be neither cut nor padded behind the caller's back.
        library.disableTruncation(handle);
        library.disablePadding(handle);
        CLEANER.register(this, release(library, handle));
    }

    long[] encode(String text, boolean addSpecialTokens) {
        try {
            long encoding = library.encode(handle, text, addSpecialTokens);
            try {
                return library.getTokenIds(encoding);
            } finally {
                library.deleteEncoding(encoding);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    String decode(long[] ids, boolean skipSpecialTokens) {
        try {
            return library.decode(handle, ids, skipSpecialTokens);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static Runnable release(TokenizersLibrary library, long handle) {
        return () -> library.deleteTokenizer(handle);
    }

    private static TokenizersLibrary load() {
        // The natives lie in the jar. Without this, a host with a CUDA driver would make the loader download another build.
        System.setProperty("ai.djl.offline", "true");
        try {
            LibUtils.checkStatus();
            return TokenizersLibrary.LIB;
        } catch (RuntimeException | LinkageError failure) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG,
                    "the native tokenizer library could not be loaded: %s. It is unpacked into DJL_CACHE_DIR (default ~/.djl.ai), which must be writable"
                            .formatted(failure.getMessage()),
                    null, failure);
        }
    }
}
