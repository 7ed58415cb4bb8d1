package io.barista.sources.testserver;

/** What goes wrong with one answer. */
public sealed interface Fault {

    record None() implements Fault {}

    record Status(int code, String retryAfter) implements Fault {}

    /** The connection is cut after so many bytes of the body. */
    record Cut(int afterBytes) implements Fault {}

    /** Nothing comes after so many bytes, and the connection stays. */
    record Silence(int afterBytes) implements Fault {}

    /** A byte at a time. */
    record Drip(long millisBetween) implements Fault {}

    /** One byte of the body is another one. */
    record WrongByte() implements Fault {}

    /** As servers that know no ranges. */
    record WholeFile() implements Fault {}
}
