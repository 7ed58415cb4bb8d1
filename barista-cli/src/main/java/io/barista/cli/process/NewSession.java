package io.barista.cli.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** POSIX {@code setsid(2)}: what a terminal does to its processes no longer reaches this one. */
public final class NewSession {

    private NewSession() {}

    /** Makes this process the leader of a new session; a process that leads a group already stays where it is. */
    public static void begin() {
        Linker linker = Linker.nativeLinker();
        MemorySegment setsid = linker.defaultLookup().findOrThrow("setsid");
        try {
            int _ = (int) linker.downcallHandle(setsid, FunctionDescriptor.of(ValueLayout.JAVA_INT)).invokeExact();
        } catch (Throwable impossible) {
            throw new IllegalStateException("setsid cannot be called", impossible);
        }
    }
}
