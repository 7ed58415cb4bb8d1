package io.barista.system;

import java.util.List;

/** Reads one number off a service's {@code /metrics}. */
final class Metrics {

    private Metrics() {}

    /** The sum over all series of a metric; an error when there is none. */
    static double value(Suite suite, String serviceUrl, String name) {
        List<Double> values = suite.get(serviceUrl + "/metrics").body().lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))).toList();
        if (values.isEmpty()) {
            throw new AssertionError("no metric " + name + " at " + serviceUrl);
        }
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }
}
