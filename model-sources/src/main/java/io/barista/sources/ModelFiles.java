package io.barista.sources;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The files of a model's folder that an engine reads. */
final class ModelFiles {

    private static final Pattern WANTED = Pattern.compile(
            "[^/]+\\.(safetensors|json|jinja|model|tiktoken|txt)|additional_chat_templates/[^/]+\\.jinja");
    private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl|pickle)");
    private static final Pattern SHARD_COPY = Pattern.compile("consolidated.*\\.safetensors");

    private ModelFiles() {}

    static List<RemoteFile> of(String source, List<RemoteFile> safe, boolean hasOthers) {
        List<RemoteFile> wanted = safe.stream().filter(file -> WANTED.matcher(file.path()).matches()).toList();
        // Some repositories hold the weights twice, for two libraries.
        boolean hasOwnWeights = wanted.stream().anyMatch(file -> isWeights(file) && !isCopy(file));
        List<RemoteFile> chosen = wanted.stream().filter(file -> !hasOwnWeights || !isCopy(file)).toList();
        if (chosen.stream().noneMatch(ModelFiles::isWeights)) {
            throw new SourceException(SourceException.Kind.UNUSABLE, hasOthers
                    ? source + " has no *.safetensors; weights in other formats, such as pickles, are not fetched"
                    : source + " has no *.safetensors; is the address that of a model's folder?");
        }
        if (chosen.stream().noneMatch(file -> file.path().equals("config.json"))) {
            throw new SourceException(SourceException.Kind.UNUSABLE, source + " has no config.json");
        }
        return chosen;
    }

    static boolean isPickle(RemoteFile file) {
        return PICKLE.matcher(file.path().toLowerCase(Locale.ROOT)).matches();
    }

    private static boolean isWeights(RemoteFile file) {
        return file.path().endsWith(".safetensors");
    }

    private static boolean isCopy(RemoteFile file) {
        return SHARD_COPY.matcher(file.path()).matches();
    }
}
