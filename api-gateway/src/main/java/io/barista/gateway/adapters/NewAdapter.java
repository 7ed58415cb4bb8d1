package io.barista.gateway.adapters;

import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a load_lora_adapter asks for.
 *
 * @param name      empty where there is none
 * @param path      lora_path: an adapter right under the model's root; empty where there is none
 * @param isInPlace whether the name may stand for another adapter already
 * @param body      as it is passed on
 */
record NewAdapter(String model, String name, String path, boolean isInPlace, byte[] body) {

    /** The same name for a sibling under the root, instead of what it stands for by then. */
    NewAdapter insteadFor(String sibling, JsonMapper json) {
        String trimmed = path.replaceFirst("/+$", "");
        String address = trimmed.substring(0, trimmed.lastIndexOf('/') + 1) + sibling;
        return new NewAdapter(model, name, address, true,
                json.writeValueAsBytes(Map.of("lora_name", name, "lora_path", address, "load_inplace", true)));
    }
}
