package io.barista.loraregistry;

import io.barista.config.AdapterName;
import io.barista.sources.RemoteFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** From a source's flat listing to adapters: one folder each, with a configuration and safetensors. */
final class AdapterListing {

    private AdapterListing() {}

    static SortedMap<String, Adapter> of(String base, List<RemoteFile> files) {
        SortedMap<String, List<RemoteFile>> byFolder = new TreeMap<>();
        for (RemoteFile file : files) {
            int slash = file.path().indexOf('/');
            String folder = slash < 0 ? "" : file.path().substring(0, slash);
            String name = file.path().substring(slash + 1);
            if (AdapterName.isName(folder) && (name.equals(Adapter.CONFIG) || name.equals(Adapter.WEIGHTS))) {
                byFolder.computeIfAbsent(folder, _ -> new ArrayList<>()).add(new RemoteFile(name, file.bytes(),
                        file.version(), file.location(), file.checksum()));
            }
        }
        SortedMap<String, Adapter> adapters = new TreeMap<>();
        byFolder.forEach((name, found) -> Optional.of(new Adapter(base, name, found))
                .filter(adapter -> adapter.files().size() == 2) // else its upload is not over, or it is none
                .ifPresent(adapter -> adapters.put(name, adapter)));
        return adapters;
    }
}
