package io.barista.cli.up;

import io.barista.cli.process.ListenAddress;
import io.barista.cli.process.Ports;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServicePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From configuration to processes: which services, on which ports, with which arguments. */
final class SuitePlanner {

    private static final String LOOPBACK = "127.0.0.1";

    private final Function<Role, List<String>> programs;
    private final SuiteFolder folder;
    private final Ports ports;

    /** @param programs how each kind of service is started, without its arguments */
    SuitePlanner(Function<Role, List<String>> programs, SuiteFolder folder, Ports ports) {
        this.programs = programs;
        this.folder = folder;
        this.ports = ports;
    }

    /** @param registryPort the registry's, where adapters are asked for; null takes a free one */
    List<ServicePlan> plan(Models models, ListenAddress address, @Nullable Integer registryPort) {
        Path configFolder = models.served().folder();
        int configPort = ports.next();
        List<String> configuration = List.of("--barista.config.uri=http://" + LOOPBACK + ":" + configPort,
                "--barista.config.file=" + models.served().file(), "--barista.config.base-dir=" + configFolder);

        List<ServicePlan> services = new ArrayList<>();
        services.add(service("config-server", Role.CONFIG_SERVER, configPort, List.of("--server.address=" + LOOPBACK,
                "--spring.cloud.config.server.native.search-locations[0]=" + configFolder.toUri())));

        List<String> known = new ArrayList<>(configuration);
        if (models.hasAdapters()) {
            ServicePlan registry = registry(registryPort, configuration);
            services.add(registry);
            known.add("--barista.lora-registry.uri=http://" + LOOPBACK + ":" + registry.port());
        }

        List<String> discovery = new ArrayList<>();
        int number = 0;
        for (ReplicaSet model : models.replicaSets()) {
            for (int replica = 0; replica < model.replicas(); replica++) {
                int replicaPort = port(model, replica);
                discovery.add("--spring.cloud.discovery.client.simple.instances.%s[%d].uri=http://%s:%d"
                        .formatted(model.serviceId(), replica, LOOPBACK, replicaPort));
                services.add(replica("model-service-" + number, model, replicaPort, known));
                number++;
            }
        }

        List<String> gateway = new ArrayList<>(known);
        gateway.add("--server.address=" + address.host());
        gateway.addAll(discovery);
        services.add(service("api-gateway", Role.GATEWAY, address.port(), gateway));
        return List.copyOf(services);
    }

    private ServicePlan registry(@Nullable Integer fixedPort, List<String> configuration) {
        int port = fixedPort == null ? ports.next() : ports.take(fixedPort, "--lora-registry-port asks for");
        List<String> arguments = new ArrayList<>(configuration);
        arguments.add("--server.address=" + LOOPBACK);
        return service("lora-registry", Role.LORA_REGISTRY, port, arguments);
    }

    /** As the configuration fixes it, else a free one. */
    private int port(ReplicaSet model, int replica) {
        Integer first = model.firstPort();
        return first == null
                ? ports.next()
                : ports.take(first + replica, "the configuration fixes for " + model.modelId());
    }

    private ServicePlan replica(String name, ReplicaSet model, int port, List<String> configuration) {
        List<String> arguments = new ArrayList<>(configuration);
        arguments.add("--server.address=" + LOOPBACK);
        arguments.add("--barista.model-id=" + model.modelId());
        return new ServicePlan(name, Role.MODEL_SERVICE, model.modelId(), port,
                command(Role.MODEL_SERVICE, port, arguments), model.environment(), folder.log(name));
    }

    private ServicePlan service(String name, Role role, int port, List<String> arguments) {
        return new ServicePlan(name, role, null, port, command(role, port, arguments), Map.of(), folder.log(name));
    }

    private List<String> command(Role role, int port, List<String> arguments) {
        List<String> command = new ArrayList<>(programs.apply(role));
        command.add("--server.port=" + port);
        command.addAll(arguments);
        return List.copyOf(command);
    }
}
