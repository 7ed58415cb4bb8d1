package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The presets bind a newer CUDA than the oldest that is supported, 13.0. A function that the runtime lacks kills the JVM when it is
 * called, without an exception: so those that are called are listed in native-calls.txt, each checked to be there.
 */
class NativeCallsTest {

    private static final Set<String> LIBRARIES = Set.of("org/bytedeco/cuda/global/cudart",
            "org/bytedeco/cuda/global/nvrtc", "org/bytedeco/cuda/global/cublas", "org/bytedeco/cuda/global/nvml");

    @Test
    void onlyFunctionsOfTheListAreCalled() throws Exception {
        assertThat(called()).isEqualTo(allowed());
    }

    private static Set<String> allowed() throws IOException {
        try (var list = NativeCallsTest.class.getResourceAsStream("native-calls.txt")) {
            assertThat(list).isNotNull();
            return new TreeSet<>(List.of(new String(list.readAllBytes(), StandardCharsets.UTF_8).split("\n")).stream()
                    .filter(line -> !line.startsWith("#")).toList());
        }
    }

    private static Set<String> called() throws Exception {
        Path classes = Path.of(CudaBackend.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Set<String> called = new TreeSet<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                collect(ClassFile.of().parse(file), called);
            }
        }
        return called;
    }

    private static void collect(ClassModel model, Set<String> called) {
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof MethodRefEntry reference && isLibrary(reference)) {
                called.add(reference.name().stringValue());
            }
        }
    }

    private static boolean isLibrary(MemberRefEntry reference) {
        return LIBRARIES.contains(reference.owner().asInternalName());
    }
}
