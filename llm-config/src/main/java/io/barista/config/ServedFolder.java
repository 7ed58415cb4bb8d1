package io.barista.config;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What config-server is to serve so that every service finds a configuration and the files it names.
 *
 * @param folder absolute; the smallest with all of them
 * @param file   the configuration's name within it, with slashes
 */
public record ServedFolder(Path folder, String file) {

    /** As config-server serves them: YAML only, and nothing hidden. */
    private static final Pattern SERVED = Pattern.compile("[^./][^/]*(/[^./][^/]*)*(?<=\\.ya?ml)",
            Pattern.CASE_INSENSITIVE);

    /**
     * @param config        the file that names the models
     * @param models        as parsed out of it from the local disk
     * @param workingFolder what relative file names mean
     * @throws ConfigException for a file that config-server would not serve
     */
    public static ServedFolder of(Path config, List<LlmConfig> models, Path workingFolder) {
        Path working = workingFolder.toAbsolutePath().normalize();
        Path file = working.resolve(config).normalize();
        List<Path> others = models.stream().map(model -> working.resolve(model.origin().file()).normalize()).toList();
        Path folder = parent(file);
        for (Path other : others) {
            while (!other.startsWith(folder)) {
                folder = parent(folder);
            }
        }
        String name = name(folder, file);
        for (Path other : others) {
            name(folder, other);
        }
        return new ServedFolder(folder, name);
    }

    private static String name(Path folder, Path file) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (!SERVED.matcher(name).matches()) {
            throw new ConfigException(new Problem(file.toString(), 0, "",
                    "config-server serves files named .yaml or .yml only, and none that begin with a dot or stand in such a folder"));
        }
        return name;
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }
}
