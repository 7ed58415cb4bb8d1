package io.barista.cli.offline;

import io.barista.cli.Workplace;
import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.MessageParser;
import io.barista.engine.chat.OutputDialect;
import io.barista.engine.chat.ParsedMessage;
import io.barista.openai.chat.AssistantMessage;
import io.barista.openai.chat.ChatCompletionChunk.Delta;
import io.barista.openai.chat.ChatCompletionChunk.ToolCallDelta;
import io.barista.openai.chat.ToolCall;
import io.barista.openai.json.OpenAiJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "parse", description = "Splits a model's output into reasoning, content and tool calls.",
        mixinStandardHelpOptions = true)
public final class ParseCommand implements Callable<Integer> {

    private final Workplace workplace;

    @Option(names = "--reasoning-parser", paramLabel = "NAME", description = "As in the model's configuration.")
    private @Nullable String reasoningParser;

    @Option(names = "--tool-call-parser", paramLabel = "NAME", description = "As in the model's configuration.")
    private @Nullable String toolCallParser;

    @Option(names = "--input", paramLabel = "FILE", required = true, description = "What the model wrote.")
    private Path input = Path.of("");

    @Option(names = "--chunks", paramLabel = "N",
            description = "Cuts the output into so many random pieces and writes the deltas instead of the message.")
    private @Nullable Integer chunks;

    public ParseCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException {
        String text = Files.readString(workplace.folder().resolve(input));
        AtomicInteger calls = new AtomicInteger();
        MessageParser parser = OutputDialect.of(reasoningParser, toolCallParser).parser("", true,
                () -> "call-" + calls.getAndIncrement());
        Object result = chunks == null ? message(parser, text) : deltas(parser, text, chunks);
        workplace.out().println(new String(new OpenAiJson().write(result), StandardCharsets.UTF_8));
        return 0;
    }

    private static AssistantMessage message(MessageParser parser, String text) {
        ParsedMessage message = ParsedMessage.parse(parser, text);
        return AssistantMessage.of("assistant", message.content(), message.reasoning(), message.toolCalls().stream()
                .map(call -> ToolCall.function(call.id(), call.name(), call.arguments())).toList());
    }

    private static List<Delta> deltas(MessageParser parser, String text, int pieces) {
        List<MessageDelta> deltas = new ArrayList<>();
        int start = 0;
        for (int cut : cuts(text.codePointCount(0, text.length()), pieces)) {
            int end = text.offsetByCodePoints(0, cut);
            deltas.addAll(parser.append(text.substring(start, end)));
            start = end;
        }
        deltas.addAll(parser.finish());
        return deltas.stream().map(ParseCommand::delta).toList();
    }

    /** The ends of the pieces in characters, of which no model writes half a one; fewer when the text is shorter. */
    private static TreeSet<Integer> cuts(int length, int pieces) {
        Random random = new Random();
        TreeSet<Integer> cuts = new TreeSet<>();
        while (length > 1 && cuts.size() < Math.min(pieces, length) - 1) {
            cuts.add(1 + random.nextInt(length - 1));
        }
        cuts.add(length);
        return cuts;
    }

    private static Delta delta(MessageDelta delta) {
        return switch (delta) {
            case MessageDelta.ContentDelta(String text) -> Delta.content(text);
            case MessageDelta.ReasoningDelta(String text) -> Delta.reasoning(text);
            case MessageDelta.ToolCallStart(int index, String id, String name) ->
                Delta.toolCalls(List.of(ToolCallDelta.opening(index, id, name)));
            case MessageDelta.ToolCallArguments(int index, String fragment) ->
                Delta.toolCalls(List.of(ToolCallDelta.arguments(index, fragment)));
        };
    }
}
