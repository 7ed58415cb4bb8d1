package io.barista.loraregistry;

import io.barista.config.AdapterName;
import io.barista.sources.RemoteFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A source's flat listing as adapters: one folder each, with a configuration and safetensors.
 *
 * @param adapters by name
 * @param pickled  names of those whose weights are there as a pickle only, which nobody opens
 */
record AdapterListing(SortedMap<String, Adapter> adapters, Set<String> pickled) {

    private static final Set<String> PICKLES = Set.of("adapter_model.bin", "adapter_model.pt");

    static AdapterListing of(String base, List<RemoteFile> files) {
        SortedMap<String, List<RemoteFile>> byFolder = new TreeMap<>();
        Set<String> pickled = new HashSet<>();
        for (RemoteFile file : files) {
            int slash = file.path().indexOf('/');
            String folder = slash < 0 ? "" : file.path().substring(0, slash);
            String name = file.path().substring(slash + 1);
            if (!AdapterName.isName(folder)) {
                continue;
            }
            if (PICKLES.contains(name)) {
                pickled.add(folder);
            } else if (name.equals(Adapter.CONFIG) || name.equals(Adapter.WEIGHTS)) {
                byFolder.computeIfAbsent(folder, _ -> new ArrayList<>()).add(new RemoteFile(name, file.bytes(),
                        file.version(), file.location(), file.checksum()));
            }
        }
        SortedMap<String, Adapter> adapters = new TreeMap<>();
        byFolder.forEach((name, found) -> {
            if (found.size() == 2) { // else its upload is not over, or it is none
                adapters.put(name, new Adapter(base, name, found));
            }
        });
        pickled.removeAll(adapters.keySet());
        return new AdapterListing(adapters, pickled);
    }
}
