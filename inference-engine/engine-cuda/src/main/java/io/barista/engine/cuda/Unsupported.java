package io.barista.engine.cuda;

import io.barista.engine.backend.UnsupportedOnBackend;

/** What a model may need and this backend has not. */
final class Unsupported {

    private Unsupported() {}

    static UnsupportedOnBackend of(String what) {
        return new UnsupportedOnBackend("cuda", what);
    }
}
