package io.barista.cli.offline;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.engine.chat.ChatInput;
import io.barista.engine.chat.ChatTemplate;
import io.barista.engine.chat.ChatTemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

@Command(name = "render", description = "Writes the prompt that a chat template makes of a conversation.",
        mixinStandardHelpOptions = true)
public final class RenderCommand implements Callable<Integer> {

    private final Workplace workplace;

    @Option(names = "--template", paramLabel = "FILE", required = true, description = "A Jinja chat template.")
    private Path template = Path.of("");

    @Option(names = "--input", paramLabel = "FILE", required = true,
            description = "JSON: messages, tools, add_generation_prompt, kwargs, special_tokens and now (local ISO time).")
    private Path input = Path.of("");

    public RenderCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException {
        String source = Files.readString(workplace.folder().resolve(template));
        Input conversation = read();
        try {
            String prompt = ChatTemplate.compile(source, orEmpty(conversation.special_tokens()), clock(conversation))
                    .renderUnchanged(new ChatInput(
                            conversation.messages() == null ? List.of() : conversation.messages(),
                            conversation.tools(), Boolean.TRUE.equals(conversation.add_generation_prompt()), false,
                            orEmpty(conversation.kwargs())));
            workplace.out().print(prompt);
            workplace.out().flush();
            return 0;
        } catch (ChatTemplateException failure) {
            throw CommandFailure.of("%s", String.valueOf(failure.getMessage()));
        }
    }

    /** Fields as they are written in the file. */
    private record Input(@Nullable List<Map<String, @Nullable Object>> messages,
            @Nullable List<Map<String, @Nullable Object>> tools, @Nullable Boolean add_generation_prompt,
            @Nullable Map<String, @Nullable Object> kwargs, @Nullable Map<String, Object> special_tokens,
            @Nullable String now) {}

    private Input read() throws IOException {
        try {
            return JsonMapper.builder()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build()
                    .readValue(Files.readString(workplace.folder().resolve(input)), Input.class);
        } catch (JacksonException broken) {
            throw CommandFailure.of("%s is no conversation: %s", input, broken.getOriginalMessage());
        }
    }

    private static Clock clock(Input conversation) {
        return conversation.now() == null
                ? Clock.systemDefaultZone()
                : Clock.fixed(LocalDateTime.parse(conversation.now()).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    }

    private static <V extends @Nullable Object> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }
}
