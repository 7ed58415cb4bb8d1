package io.barista.loraregistry;

import java.io.IOException;

/** Hugging Face's layout of files, over local HTTP. */
class HuggingFaceAdaptersTest extends AbstractRemoteAdaptersTest {

    @Override
    RemoteFolder source() throws IOException {
        return new FakeHub();
    }
}
