package io.barista.sources;

import java.util.List;

/** The two files of a LoRA adapter, right under its address. */
public final class AdapterFiles {

    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";

    private AdapterFiles() {}

    static List<RemoteFile> of(String source, List<RemoteFile> safe, boolean hasOthers) {
        List<RemoteFile> chosen = safe.stream()
                .filter(file -> file.path().equals(CONFIG) || file.path().equals(WEIGHTS)).toList();
        if (chosen.stream().noneMatch(file -> file.path().equals(CONFIG))) {
            throw new SourceException(SourceException.Kind.UNUSABLE,
                    source + " has no " + CONFIG + "; is the address that of an adapter's folder?");
        }
        if (chosen.stream().noneMatch(file -> file.path().equals(WEIGHTS))) {
            throw new SourceException(SourceException.Kind.UNUSABLE, source + " has no " + WEIGHTS + (hasOthers
                    ? "; weights in other formats, such as pickles, are not fetched (PEFT: safe_serialization=True)"
                    : ""));
        }
        return chosen;
    }
}
