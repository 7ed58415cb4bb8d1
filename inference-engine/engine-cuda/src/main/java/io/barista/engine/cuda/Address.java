package io.barista.engine.cuda;

import org.bytedeco.javacpp.Pointer;

/** An address in the shape in which the presets take one. Reused from call to call; owns nothing and is never dereferenced. */
final class Address extends Pointer {

    Address() {
        super((Pointer) null);
    }

    Address at(long value) {
        address = value;
        return this;
    }
}
