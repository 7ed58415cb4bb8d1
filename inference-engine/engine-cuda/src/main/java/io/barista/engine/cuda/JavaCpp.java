package io.barista.engine.cuda;

/** JavaCPP's settings, which it reads once, when the first of its classes is loaded. */
final class JavaCpp {

    private JavaCpp() {}

    /**
     * Takes JavaCPP out of memory management: by default it hands native memory to the garbage collector, which could free what the
     * device still reads, counts mapped weights against the heap's limit, and takes a global lock for each pointer. What is given on
     * the command line holds.
     */
    static void configure() {
        setIfAbsent("org.bytedeco.javacpp.noPointerGC", "true");
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
