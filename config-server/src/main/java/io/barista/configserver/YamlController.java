package io.barista.configserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.cloud.config.server.environment.NoSuchLabelException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * YAML files, verbatim, under the path that Spring Cloud Config Server gives plain text. Its own controller would read
 * such files as Spring configuration too (placeholders, {@code spring.config.import}) and would hand out each file of the
 * served folder, which may be a home folder with keys in it.
 */
@RestController
final class YamlController {

    private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);
    private static final Pattern YAML = Pattern.compile("/.+\\.ya?ml", Pattern.CASE_INSENSITIVE);
    private static final Pattern HIDDEN_OR_ABOVE = Pattern.compile("[/\\\\]\\.");
    private static final Pattern NAME = Pattern.compile("\\w[\\w.-]*");

    private final ServedFiles files;

    YamlController(ServedFiles files) {
        this.files = files;
    }

    /**
     * @param label the branch, tag or commit when the repository is git's
     * @param file  begins with a slash
     */
    @GetMapping("/{application}/{profile}/{label}/{*file}")
    ResponseEntity<byte[]> read(@PathVariable String application, @PathVariable String profile,
            @PathVariable String label,
            @PathVariable String file) throws IOException {
        boolean isServed = YAML.matcher(file).matches() && !HIDDEN_OR_ABOVE.matcher(file).find() && isName(application)
                && isName(profile) && isName(label);
        Optional<byte[]> text = isServed
                ? files.read(application, profile, label, file.substring(1))
                : Optional.empty();
        return text.map(bytes -> ResponseEntity.ok().contentType(TEXT).body(bytes))
                .orElseGet(() -> ResponseEntity.notFound().build());
    }

    @ExceptionHandler(NoSuchLabelException.class)
    @ResponseStatus(HttpStatus.NOT_FOUND)
    void noSuchLabel() {}

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }
}
