package io.barista.gateway.models;

import java.util.List;

/** Where the models come from. */
public interface ConfiguredModels {

    /** Blocks until the configuration is there; fails with one clear line when it is wrong. */
    List<ServedModel> load();
}
