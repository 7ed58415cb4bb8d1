package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A knob that is said to change what runs is read by something that runs; the constants of {@code EngineOptions} are those knobs. */
class HonouredOptionsTest {

    private static final String TABLE = "io.barista.config.EngineOptions";
    private static final String KNOB = "io.barista.config.EngineOption";

    @TestFactory
    Stream<DynamicTest> everyHonouredOptionIsRead() {
        JavaClasses everything = new ClassFileImporter().importPaths(Stream
                .of("llm-config", "inference-engine/engine-core", "inference-engine/engine-cpu", "model-service",
                        "api-gateway", "config-server", "barista-cli")
                .map(module -> Path.of(System.getProperty("barista.root"), module, "target", "classes")).toList());
        JavaClass table = everything.get(TABLE);
        assertThat(table.getFields()).hasSizeGreaterThan(20);
        return table.getFields().stream().filter(field -> field.getRawType().getName().equals(KNOB))
                .map(field -> DynamicTest.dynamicTest(field.getName(), () -> assertThat(readers(field)).isNotEmpty()));
    }

    private static Stream<String> readers(JavaField knob) {
        return knob.getAccessesToSelf().stream().map(access -> access.getOriginOwner().getName())
                .filter(reader -> !reader.equals(TABLE));
    }
}
