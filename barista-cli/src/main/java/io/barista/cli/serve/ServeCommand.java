package io.barista.cli.serve;

import io.barista.cli.EngineFlagSet;
import io.barista.cli.ModelArgument;
import io.barista.cli.Workplace;
import io.barista.cli.process.Guard;
import io.barista.cli.process.ListenAddress;
import io.barista.cli.process.ReadyMessage;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServicePlan;
import io.barista.cli.process.ServiceStarter;
import io.barista.cli.up.Programs;
import io.barista.config.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

@Command(name = "serve", description = "Serves one model without the gateway. Flags are those of vllm serve.",
        mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true)
public final class ServeCommand implements Callable<Integer> {

    private final Workplace workplace;
    private final EngineFlagSet engineFlags;

    @Parameters(paramLabel = "MODEL",
            description = "The model's folder, a Hugging Face repository (organisation/name), or a bucket (s3://..., gs://...).")
    private String model = "";

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8000", description = "Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1",
            description = "Default: ${DEFAULT-VALUE}")
    private String host = "";

    @Option(names = "--api-key", paramLabel = "KEY",
            description = "Clients must send it as 'Authorization: Bearer KEY'; BARISTA_API_KEY does the same.")
    private @Nullable String apiKey;

    @Option(names = "--served-model-name", paramLabel = "NAME", arity = "1..*",
            description = "What clients may call the model; its folder's or repository's name when absent.")
    private List<String> names = List.of();

    /** @param engineFlags are added to the command by its caller */
    public ServeCommand(Workplace workplace, EngineFlagSet engineFlags) {
        this.workplace = workplace;
        this.engineFlags = engineFlags;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ModelSource source = new ModelArgument(workplace, model).source();
        Optional<String> key = Optional.ofNullable(apiKey)
                .or(() -> workplace.variable(ServiceStarter.API_KEY_VARIABLE));
        ListenAddress address = ListenAddress.of(host, port);
        address.warnIfOpen(key.isPresent(), workplace.err());
        address.requireFree();

        try (Guard guard = Guard.start()) {
            new ForegroundService(workplace, guard).run(plan(source, address),
                    new ServiceStarter(workplace.folder(), key), () -> sayReady(address, source, key.isPresent()));
        }
        return 0;
    }

    private ServicePlan plan(ModelSource source, ListenAddress address) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Programs.prepare(workplace).command(Role.MODEL_SERVICE));
        command.add("--server.port=" + port);
        command.add("--server.address=" + address.host());
        command.add("--barista.serve.model=" + source);
        command.add("--barista.serve.served-model-name=" + String.join(",", names(source)));
        command.add("--barista.serve.engine-kwargs="
                + JsonMapper.shared().writeValueAsString(engineFlags.parsed().kwargs()));
        return new ServicePlan("model-service", Role.MODEL_SERVICE, names(source).getFirst(), port, command, Map.of(),
                Path.of("/dev/null"));
    }

    private List<String> names(ModelSource source) {
        return names.isEmpty() ? List.of(source.shortName()) : names;
    }

    private void sayReady(ListenAddress address, ModelSource source, boolean hasKey) {
        workplace.out().println(ReadyMessage.of(address.url().toString(), names(source), hasKey));
        workplace.err().println("Ctrl-C stops it.");
    }
}
