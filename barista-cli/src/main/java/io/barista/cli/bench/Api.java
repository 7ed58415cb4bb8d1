package io.barista.cli.bench;

/** Which of the two generating endpoints is measured. */
enum Api {

    CHAT("/v1/chat/completions"), COMPLETIONS("/v1/completions");

    private final String path;

    Api(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }
}
