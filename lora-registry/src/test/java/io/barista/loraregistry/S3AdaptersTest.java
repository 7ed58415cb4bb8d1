package io.barista.loraregistry;

import java.io.IOException;

/** S3Proxy, a server of S3's protocol. */
class S3AdaptersTest extends AbstractRemoteAdaptersTest {

    @Override
    RemoteFolder source() throws IOException {
        return new S3Folder();
    }
}
