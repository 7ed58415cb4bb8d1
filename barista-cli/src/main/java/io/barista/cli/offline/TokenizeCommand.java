package io.barista.cli.offline;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.engine.tokenizer.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

@Command(name = "tokenize", description = "Reads text from standard input and writes its token ids as a JSON array.",
        mixinStandardHelpOptions = true)
public final class TokenizeCommand implements Callable<Integer> {

    private final Workplace workplace;

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "A folder with tokenizer.json.")
    private Path model = Path.of("");

    @Option(names = "--no-special", description = "Adds no special tokens, such as one for the beginning of a text.")
    private boolean noSpecial;

    public TokenizeCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException {
        String text = read();
        int[] ids = HuggingFaceTokenizer.load(workplace.folder().resolve(model)).encode(text, !noSpecial);
        workplace.out().println(JsonMapper.shared().writeValueAsString(ids));
        return 0;
    }

    /** Exactly what came in, a line's end at the end included. */
    private String read() throws IOException {
        byte[] bytes = workplace.in().readAllBytes();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw CommandFailure.of("standard input is not UTF-8 text");
        }
    }
}
