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

    private static List<ServicePlan> plan(@Nullable Integer firstPort) {
        Models models = new Models(new ServedFolder(Path.of("/config"), "llm.yaml"),
                List.of(new ReplicaSet("a", "a", 2, firstPort, Map.of())));
        return new SuitePlanner(_ -> List.of("java"), new SuiteFolder(Path.of("/work")), new Ports(new Random(2)))
                .plan(models, ListenAddress.of("127.0.0.1", 8000));
    }

    private static List<ServicePlan> replicasOf(List<ServicePlan> services) {
        return services.stream().filter(service -> service.role() == Role.MODEL_SERVICE).toList();
    }
}
