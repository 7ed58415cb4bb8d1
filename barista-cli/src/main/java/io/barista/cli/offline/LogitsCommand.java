package io.barista.cli.offline;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.config.BackendChoice;
import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.LogitsProbe;
import io.barista.engine.backend.Backend;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.cuda.CudaBackend;
import io.barista.engine.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "logits",
        description = "Writes the logits and the greedy continuation of prompts, to check one engine against another.",
        mixinStandardHelpOptions = true, showDefaultValues = true)
public final class LogitsCommand implements Callable<Integer> {

    private final Workplace workplace;

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "A model's folder.")
    private Path model = Path.of("");

    @Option(names = "--input", paramLabel = "IN.json", required = true,
            description = "{\"prompts\":[{\"ids\":[1,2,3]}],\"greedy_tokens\":48}; nothing is added to the ids.")
    private Path input = Path.of("");

    @Option(names = "--output", paramLabel = "OUT.json", required = true,
            description = "{\"results\":[{\"last_logits\":\"base64 of little-endian float32\",\"greedy\":[ids]}]}")
    private Path output = Path.of("");

    @Option(names = "--backend", paramLabel = "cpu|cuda", defaultValue = "cpu", description = "What computes.")
    private BackendChoice backend = BackendChoice.CPU;

    @Option(names = "--dtype", paramLabel = "float32|bfloat16", defaultValue = "float32",
            description = "What is computed in.")
    private DtypeChoice dtype = DtypeChoice.FLOAT32;

    @Option(names = "--lora", paramLabel = "DIR", description = "An adapter's folder.")
    private @Nullable Path lora;

    public LogitsCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException {
        if (dtype != DtypeChoice.FLOAT32 && dtype != DtypeChoice.BFLOAT16) {
            throw CommandFailure.withExitCode(2, "--dtype: expected float32 or bfloat16, was " + dtype);
        }
        LogitsFile.Input prompts = LogitsFile.read(workplace.folder().resolve(input), input.toString());
        EngineConfig config = EngineConfig.empty().with(EngineOptions.BACKEND, backend).with(EngineOptions.DTYPE,
                dtype);
        ModelFolder folder = ModelFolder.open(workplace.folder().resolve(model));
        List<LogitsFile.Result> results = new ArrayList<>();
        try (LogitsProbe probe = open(folder, config)) {
            for (LogitsFile.Prompt prompt : prompts.prompts()) {
                // A probe generates one token at least, which is what tells it that the prompt is through.
                LogitsProbe.Result result = probe.run(prompt.ids(), Math.max(1, prompts.greedyTokens()));
                results.add(LogitsFile.Result.of(result.lastLogits(), result.greedy(), prompts.greedyTokens()));
                if (workplace.isTerminal()) {
                    workplace.err().printf("%d of %d prompts%n", results.size(), prompts.prompts().size());
                }
            }
        }
        Files.write(workplace.folder().resolve(output), LogitsFile.write(results));
        return 0;
    }

    private LogitsProbe open(ModelFolder folder, EngineConfig config) {
        List<Backend> backends = List.of(new CudaBackend(), new CpuBackend());
        return lora == null
                ? LogitsProbe.open(folder, config, backends)
                : LogitsProbe.open(folder, config, backends, workplace.folder().resolve(lora));
    }
}
