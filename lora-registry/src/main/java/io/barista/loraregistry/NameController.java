package io.barista.loraregistry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Names that are given to adapters while the suite runs, where {@code allow_runtime_lora_updating} is on: for every replica, now and later. */
@RestController
final class NameController {

    private final Registry registry;

    NameController(Registry registry) {
        this.registry = registry;
    }

    /**
     * As in vLLM's load_lora_adapter.
     *
     * @param loraPath    the adapter's address, right under dynamic_lora_loading_path
     * @param loadInplace whether the name may have stood for another adapter
     */
    record Added(@JsonProperty("lora_path") @Nullable String loraPath,
            @JsonProperty("load_inplace") @Nullable Boolean loadInplace) {}

    /** Names with the adapters that they stand for. */
    @GetMapping("/v1/names/{base}")
    Map<String, String> list(@PathVariable String base) {
        return registry.addedNames(base);
    }

    @PutMapping("/v1/names/{base}/{name}")
    ResponseEntity<Void> add(@PathVariable String base, @PathVariable String name, @RequestBody Added added) {
        if (added.loraPath() == null) {
            throw ApiException.of(ErrorCode.MISSING_PARAMETER, "lora_path",
                    "Both 'lora_name' and 'lora_path' must be provided.");
        }
        registry.addName(base, name, added.loraPath(), Boolean.TRUE.equals(added.loadInplace()));
        return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
    }

    @DeleteMapping("/v1/names/{base}/{name}")
    ResponseEntity<Void> remove(@PathVariable String base, @PathVariable String name) {
        registry.removeName(base, name);
        return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
    }
}
