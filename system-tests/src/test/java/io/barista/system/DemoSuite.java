package io.barista.system;

/** The suite of a plain {@code ./barista up}, shared by the tests that only talk to it and stopped with the JVM. */
final class DemoSuite {

    private static final Suite SUITE = start();

    private DemoSuite() {}

    static Suite get() {
        return SUITE;
    }

    private static Suite start() {
        Suite suite = Suite.up();
        Runtime.getRuntime().addShutdownHook(new Thread(suite::close));
        return suite;
    }
}
