package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A knob that is said to change what runs everywhere is read by something that runs. */
class HonouredOptionsTest {

    private static final String TABLE = "io.barista.config.EngineOptions";
    private static final String KNOB = "io.barista.config.EngineOption";

    @TestFactory
    Stream<DynamicTest> everyHonouredOptionIsRead() throws IOException {
        JavaClasses everything = new ClassFileImporter().importPaths(Stream
                .of("llm-config", "inference-engine/engine-core", "inference-engine/engine-cpu", "model-service",
                        "api-gateway", "config-server", "barista-cli")
                .map(HonouredOptionsTest::classes).toList());
        List<JavaField> honoured = everything.get(TABLE).getFields().stream()
                .filter(field -> field.getRawType().getName().equals(KNOB)).filter(isHonoured()).toList();
        assertThat(honoured).hasSizeGreaterThan(20);
        return honoured.stream().map(
                field -> DynamicTest.dynamicTest(field.getName(), () -> assertThat(readers(field)).isNotEmpty()));
    }

    /** The table is asked itself: these tests see the modules as files only. */
    private static Predicate<JavaField> isHonoured() throws IOException {
        Set<String> honoured = new HashSet<>();
        try (URLClassLoader loader = new URLClassLoader(new URL[]{classes("llm-config").toUri().toURL()})) {
            for (Field constant : loader.loadClass(TABLE).getFields()) {
                Object option = constant.get(null);
                if (option.getClass().getName().equals(KNOB)) {
                    Object effect = option.getClass().getMethod("effect").invoke(option);
                    if (effect.getClass().getSimpleName().equals("Honoured")) {
                        honoured.add(constant.getName());
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the table of options has changed its form", e);
        }
        return field -> honoured.contains(field.getName());
    }

    private static Path classes(String module) {
        return Path.of(System.getProperty("barista.root"), module, "target", "classes");
    }

    private static Stream<String> readers(JavaField knob) {
        return knob.getAccessesToSelf().stream().map(access -> access.getOriginOwner().getName())
                .filter(reader -> !reader.equals(TABLE));
    }
}
