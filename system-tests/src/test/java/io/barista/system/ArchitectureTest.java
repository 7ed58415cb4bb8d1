package io.barista.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of docs/architecture.md, checked on the compiled classes of every module. */
class ArchitectureTest {

    private static final String CORE = "inference-engine/engine-core";
    private static final String CPU = "inference-engine/engine-cpu";
    private static final String CUDA = "inference-engine/engine-cuda";

    /** Module to the modules it may depend on. */
    private static final Map<String, List<String>> ALLOWED_ARROWS = Map.ofEntries(
            Map.entry("openai-api", List.of()),
            Map.entry("llm-config", List.of()),
            Map.entry("model-sources", List.of("llm-config")),
            Map.entry(CORE, List.of("llm-config")),
            Map.entry(CPU, List.of(CORE, "llm-config")),
            Map.entry(CUDA, List.of(CORE, "llm-config")),
            Map.entry("inference-engine/engine-testkit", List.of(CORE, "llm-config")),
            Map.entry("model-service", List.of("openai-api", "llm-config", "model-sources", CORE, CPU, CUDA)),
            Map.entry("api-gateway", List.of("openai-api", "llm-config")),
            Map.entry("config-server", List.of("llm-config")),
            Map.entry("lora-registry", List.of("openai-api", "llm-config", "model-sources")),
            Map.entry("barista-cli", List.of("openai-api", "llm-config", "model-sources", CORE, CPU, CUDA)));

    private static final List<String> LIBRARIES = List.of("openai-api", "llm-config", "model-sources", CORE, CPU, CUDA,
            "inference-engine/engine-testkit");

    private static JavaClasses everything;

    @BeforeAll
    static void importClasses() {
        everything = new ClassFileImporter()
                .importPaths(ALLOWED_ARROWS.keySet().stream().map(ArchitectureTest::classesOf).toList());
    }

    private static Path classesOf(String module) {
        return Path.of(System.getProperty("barista.root"), module, "target", "classes");
    }

    @TestFactory
    Stream<DynamicTest> arrowsGoOnlyWhereTheyMay() {
        return ALLOWED_ARROWS.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
            JavaClasses ours = new ClassFileImporter().importPath(classesOf(entry.getKey()));
            assertThat(ours).as("classes of " + entry.getKey()).isNotEmpty();
            List<String> own = ours.stream().map(JavaClass::getName).toList();
            List<Path> allowed = Stream.concat(Stream.of(entry.getKey()), entry.getValue().stream())
                    .map(ArchitectureTest::classesOf).toList();
            List<String> reachable = new ClassFileImporter().importPaths(allowed).stream().map(JavaClass::getName)
                    .toList();
            noClasses().that(named(own)).should().dependOnClassesThat(
                    resideInAnyPackage("io.barista..").and(DescribedPredicate.not(named(reachable)))).check(everything);
        }));
    }

    @TestFactory
    Stream<DynamicTest> librariesKnowNothingOfSpring() {
        return LIBRARIES.stream().map(module -> DynamicTest.dynamicTest(module, () -> noClasses().should()
                .dependOnClassesThat().resideInAPackage("org.springframework..")
                .check(new ClassFileImporter().importPath(classesOf(module)))));
    }

    @Test
    void nativePresetsStayInTheirBackends() {
        rule(noClasses().that().resideOutsideOfPackage("io.barista.engine.cuda..").should().dependOnClassesThat()
                .resideInAPackage("org.bytedeco.cuda.."));
        rule(noClasses().that().resideOutsideOfPackage("io.barista.engine.cpu..").should().dependOnClassesThat()
                .resideInAPackage("org.bytedeco.dnnl.."));
    }

    @Test
    void theEngineNeitherPrintsNorSleeps() {
        JavaClasses core = new ClassFileImporter().importPath(classesOf(CORE));
        noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err").check(core);
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(core);
        noClasses().should().callMethod(Thread.class, "sleep", Duration.class).check(core);
    }

    @Test
    void theEngineUsesNoMonitors() {
        JavaClasses core = new ClassFileImporter().importPath(classesOf(CORE));
        classes().should(NoMonitors.INSTANCE).check(core);
    }

    @Test
    void noTypeIsLookedUpByName() {
        rule(noClasses().should().callMethod(Class.class, "forName", String.class));
    }

    private static void rule(ArchRule rule) {
        rule.check(everything);
    }

    private static DescribedPredicate<JavaClass> named(List<String> names) {
        Set<String> set = Set.copyOf(names);
        return DescribedPredicate.describe("are of these modules",
                javaClass -> set.contains(javaClass.getBaseComponentType().getName()));
    }
}
