package io.barista.engine.model;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What PEFT saves for an adapter, copied: the files may go afterwards.
 *
 * @param config  adapter_config.json
 * @param tensors of adapter_model.safetensors, by name
 */
public record AdapterFiles(ConfigFields config, Map<String, HostTensor> tensors) {

    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";

    /** @throws io.barista.engine.EngineException INVALID_MODEL with what is wrong with which file */
    public static AdapterFiles read(MemorySegment config, MemorySegment weights) {
        ConfigFields fields = new ConfigFields(CONFIG,
                JsonFile.parse(config.toArray(ValueLayout.JAVA_BYTE), CONFIG));
        SafeTensorsFile file = SafeTensorsFile.of(WEIGHTS, weights);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (SafeTensorsHeader.Entry entry : file.header().entries()) {
            tensors.put(entry.name(), copy(file, entry));
        }
        return new AdapterFiles(fields, tensors);
    }

    private static HostTensor copy(SafeTensorsFile file, SafeTensorsHeader.Entry entry) {
        DType dtype = entry.type().dtype().filter(AdapterFiles::isFloat).orElseThrow(() -> JsonFile.invalid(
                "tensor %s is stored in %s; supported are F32, F16 and BF16", entry.name(), entry.type()));
        byte[] bytes = file.data().asSlice(entry.begin(), entry.end() - entry.begin()).toArray(ValueLayout.JAVA_BYTE);
        return new HostTensor(entry.name(), dtype, entry.shape(), MemorySegment.ofArray(bytes));
    }

    private static boolean isFloat(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
    }
}
