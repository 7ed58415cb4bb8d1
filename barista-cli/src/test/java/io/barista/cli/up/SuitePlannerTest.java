package io.barista.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.cli.CommandFailure;
import io.barista.cli.process.ListenAddress;
import io.barista.cli.process.Ports;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServicePlan;
import io.barista.config.ServedFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SuitePlannerTest {

    @Test
    void replicasTakeThePortsThatTheConfigurationFixes() {
        int first = new Ports(new Random(1)).next();

        assertThat(replicasOf(plan(first))).extracting(ServicePlan::port).containsExactly(first, first + 1);
    }

    @Test
    void replicasTakeFreePortsOtherwise() {
        List<ServicePlan> replicas = replicasOf(plan(null));

        assertThat(replicas).extracting(ServicePlan::port).doesNotHaveDuplicates().allMatch(port -> port >= 20_000);
    }

    @Test
    void aFixedPortThatSomebodyElseHasIsAClearError() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> plan(taken.getLocalPort())).isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("port " + taken.getLocalPort()).hasMessageContaining("fixes for a,");
        }
    }

    @Test
    void theRegistryRunsWhereAModelHasAdaptersAndTheReplicasKnowItsAddress() {
        List<ServicePlan> services = plan(null, true, null);

        ServicePlan registry = services.stream().filter(service -> service.role() == Role.LORA_REGISTRY).findFirst()
                .orElseThrow();
        assertThat(registry.command()).contains("--barista.config.file=llm.yaml");
        assertThat(replicasOf(services)).hasSize(2).allSatisfy(replica -> assertThat(replica.command())
                .contains("--barista.lora-registry.uri=http://127.0.0.1:" + registry.port()));
        assertThat(services.getLast().command()).as("the gateway's")
                .contains("--barista.lora-registry.uri=http://127.0.0.1:" + registry.port());
    }

    @Test
    void withoutAdaptersThereIsNoRegistry() {
        List<ServicePlan> services = plan(null);

        assertThat(services).noneMatch(service -> service.role() == Role.LORA_REGISTRY)
                .allSatisfy(service -> assertThat(service.command()).noneMatch(part -> part.contains("lora")));
    }

    @Test
    void theRegistryTakesThePortThatItIsGiven() throws IOException {
        int free = new Ports(new Random(3)).next();
        assertThat(plan(null, true, free)).filteredOn(service -> service.role() == Role.LORA_REGISTRY)
                .extracting(ServicePlan::port).containsExactly(free);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> plan(null, true, taken.getLocalPort())).isInstanceOf(CommandFailure.class)
                    .hasMessage("port %d, which --lora-registry-port asks for, is not free", taken.getLocalPort());
        }
    }

    private static List<ServicePlan> plan(@Nullable Integer firstPort) {
        return plan(firstPort, false, null);
    }

    private static List<ServicePlan> plan(@Nullable Integer firstPort, boolean hasAdapters,
            @Nullable Integer registryPort) {
        Models models = new Models(new ServedFolder(Path.of("/config"), "llm.yaml"),
                List.of(new ReplicaSet("a", "a", 2, firstPort, Map.of())), hasAdapters);
        return new SuitePlanner(_ -> List.of("java"), new SuiteFolder(Path.of("/work")), new Ports(new Random(2)))
                .plan(models, ListenAddress.of("127.0.0.1", 8000), registryPort);
    }

    private static List<ServicePlan> replicasOf(List<ServicePlan> services) {
        return services.stream().filter(service -> service.role() == Role.MODEL_SERVICE).toList();
    }
}
