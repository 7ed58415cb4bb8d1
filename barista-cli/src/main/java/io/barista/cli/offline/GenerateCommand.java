package io.barista.cli.offline;

import io.barista.cli.CommandFailure;
import io.barista.cli.EngineFlagSet;
import io.barista.cli.ModelArgument;
import io.barista.cli.Workplace;
import io.barista.engine.EngineEvent;
import io.barista.engine.EngineObserver;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.chat.ChatInput;
import io.barista.engine.chat.ChatTemplate;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.cuda.CudaBackend;
import io.barista.engine.model.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "generate", description = "Continues a prompt with a model, in this process.",
        mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true)
public final class GenerateCommand implements Callable<Integer> {

    private final Workplace workplace;
    private final EngineFlagSet engineFlags;

    @Parameters(paramLabel = "MODEL",
            description = "A model's folder, a Hugging Face repository (organisation/name), or a bucket (s3://..., gs://...).")
    private String model = "";

    @Option(names = "--prompt", paramLabel = "TEXT", required = true,
            description = "What to continue, or to answer with --chat.")
    private String prompt = "";

    @Option(names = "--chat", description = "Puts the prompt into the model's chat template, as a user's message.")
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT", description = "With --chat: a system message before it.")
    private @Nullable String system;

    @Option(names = "--stream", description = "Writes the text as it comes.")
    private boolean stream;

    @Mixin
    private SamplingFlags sampling = new SamplingFlags();

    /** @param engineFlags are added to the command by its caller */
    public GenerateCommand(Workplace workplace, EngineFlagSet engineFlags) {
        this.workplace = workplace;
        this.engineFlags = engineFlags;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (system != null && !chat) {
            throw CommandFailure.withExitCode(2, "--system needs --chat");
        }
        ModelFolder folder = ModelFolder.open(new ModelArgument(workplace, model).fetch(engineFlags.parsed().config()));
        int[] ids = chat ? folder.tokenizer().encode(rendered(folder), false) : folder.tokenizer().encode(prompt, true);
        try (LlmEngine engine = LlmEngine.start(folder, engineFlags.parsed().config(),
                List.of(new CudaBackend(), new CpuBackend()),
                EngineObserver.NONE)) {
            BlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();
            engine.submit(new GenerationRequest("generate", ids, sampling.over(engine.generationDefaults())),
                    events::add);
            write(events);
        }
        return 0;
    }

    private String rendered(ModelFolder folder) {
        String template = folder.chatTemplateSource()
                .orElseThrow(() -> CommandFailure.of("%s has no chat template; leave out --chat", model));
        List<Map<String, @Nullable Object>> messages = new ArrayList<>();
        if (system != null) {
            messages.add(Map.of("role", "system", "content", system));
        }
        messages.add(Map.of("role", "user", "content", prompt));
        return ChatTemplate.compile(template, folder.specialTokens())
                .render(new ChatInput(messages, null, true, false, Map.of()));
    }

    private void write(BlockingQueue<EngineEvent> events) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (true) {
            switch (events.take()) {
                case EngineEvent.Delta delta -> {
                    text.append(delta.text());
                    if (stream) {
                        workplace.out().print(text);
                        workplace.out().flush();
                        text.setLength(0);
                    }
                }
                case EngineEvent.PromptLogprobs _,EngineEvent.SampleFinished _ -> {
                    // there is one sample, so the end of the request follows
                }
                case EngineEvent.Completed _ -> {
                    workplace.out().println(text);
                    return;
                }
                case EngineEvent.Failed failed -> throw failed.error();
            }
        }
    }
}
