package io.barista.modelservice.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Where this process is told what to serve: the {@code barista.*} properties. */
public sealed interface ServiceSettings {

    /**
     * One model of a file that config-server has.
     *
     * @param modelId may be null when the file has one model
     * @param folder  what relative paths in the file mean
     */
    record FromConfigServer(URI server, String file, Path folder,
            @Nullable String modelId) implements ServiceSettings {}

    /** One model of a local file. */
    record FromFile(Path file, @Nullable String modelId) implements ServiceSettings {}

    /**
     * A model without any file: what {@code barista serve} says.
     *
     * @param model        a folder, a Hugging Face repository or a bucket's address
     * @param names        what clients may call the model; the last part of its address when empty
     * @param engineKwargs a JSON object
     */
    record FromFlags(String model, List<String> names, String engineKwargs) implements ServiceSettings {}

    /** @throws IllegalArgumentException when the properties do not say which model */
    static ServiceSettings of(Environment environment) {
        String folder = environment.getProperty("barista.serve.model");
        if (folder != null) {
            List<String> names = List
                    .of(environment.getProperty("barista.serve.served-model-name", String[].class, new String[0]));
            return new FromFlags(folder, names, environment.getProperty("barista.serve.engine-kwargs", "{}"));
        }
        String modelId = environment.getProperty("barista.model-id");
        String path = environment.getProperty("barista.config.path");
        if (path != null) {
            return new FromFile(Path.of(path), modelId);
        }
        String uri = environment.getProperty("barista.config.uri");
        String file = environment.getProperty("barista.config.file");
        if (uri != null && file != null) {
            return new FromConfigServer(URI.create(uri), file,
                    Path.of(environment.getProperty("barista.config.base-dir", "")),
                    modelId);
        }
        throw new IllegalArgumentException(
                "which model? Set barista.config.uri and barista.config.file (config-server),"
                        + " barista.config.path (a local file) or barista.serve.model (a folder, a Hugging Face repository or a bucket).");
    }
}
