package io.barista.engine.cpu;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much memory the machine, or the container, can still give. */
final class HostMemory {

    private HostMemory() {}

    static long availableBytes() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long free = system.getFreeMemorySize();
        long available = linuxAvailableBytes();
        // Free memory leaves out the page cache, which is where a weights file just read sits; but only the bean knows of a
        // container's limit.
        return available > system.getTotalMemorySize() ? free : Math.max(free, available);
    }

    /** MemAvailable of the whole machine; 0 where there is none to read. */
    private static long linuxAvailableBytes() {
        Path memory = Path.of("/proc/meminfo");
        if (!Files.isReadable(memory)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(memory)) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
        } catch (IOException _) {
            return 0;
        }
    }
}
