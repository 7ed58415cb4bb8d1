package io.barista.system;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.MonitorInstruction;

/** No synchronized method and no synchronized block. Blocks are read from the byte code, since ArchUnit does not model them. */
final class NoMonitors extends ArchCondition<JavaClass> {

    static final NoMonitors INSTANCE = new NoMonitors();

    private NoMonitors() {
        super("not use synchronized");
    }

    @Override
    public void check(JavaClass javaClass, ConditionEvents events) {
        javaClass.getMethods().stream().filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                .forEach(method -> events
                        .add(SimpleConditionEvent.violated(method, method.getFullName() + " is synchronized")));
        javaClass.getSource().ifPresent(source -> {
            try (InputStream bytes = source.getUri().toURL().openStream()) {
                ClassFile.of().parse(bytes.readAllBytes()).methods().forEach(method -> method.code().ifPresent(code -> {
                    for (CodeElement element : code) {
                        if (element instanceof MonitorInstruction) {
                            events.add(SimpleConditionEvent.violated(javaClass, javaClass.getName() + "."
                                    + method.methodName().stringValue() + " has a synchronized block"));
                            return;
                        }
                    }
                }));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
