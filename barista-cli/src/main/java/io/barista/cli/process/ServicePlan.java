package io.barista.cli.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to start and how to know it.
 *
 * @param model   the id it serves; null for a service without a model
 * @param port    where it answers {@code /actuator/health/readiness} on the loopback address
 * @param command program and arguments; no secrets, since every user of the machine can read them
 * @param environment variables on top of the supervisor's own; the values may be secrets
 * @param log     standard output and error go there
 */
public record ServicePlan(String name, Role role, @Nullable String model, int port, List<String> command,
        Map<String, String> environment, Path log) {}
