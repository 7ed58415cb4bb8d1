package io.barista.configserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.springframework.cloud.config.server.resource.NoSuchResourceException;
import org.springframework.cloud.config.server.resource.ResourceRepository;
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
    private static final Pattern HIDDEN = Pattern.compile("/\\.");
    private static final Pattern NAME = Pattern.compile("\\w[\\w.-]*");

    private final ResourceRepository files;

    YamlController(ResourceRepository files) {
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
        boolean isServed = YAML.matcher(file).matches() && !HIDDEN.matcher(file).find() && isName(application)
                && isName(profile) && isName(label);
        if (!isServed) {
            throw new NoSuchResourceException(file);
        }
        byte[] text = files.findOne(application, profile, label, file.substring(1)).getContentAsByteArray();
        return ResponseEntity.ok().contentType(TEXT).body(text);
    }

    @ExceptionHandler(NoSuchResourceException.class)
    @ResponseStatus(HttpStatus.NOT_FOUND)
    void noSuchFile() {}

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }
}
