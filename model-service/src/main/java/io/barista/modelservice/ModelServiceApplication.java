package io.barista.modelservice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import sun.misc.Signal;

/** Serves one model over HTTP. Read on at {@link ServiceConfiguration}. */
@SpringBootApplication
public class ModelServiceApplication {

    public static void main(String[] args) {
        // The JVM would exit with 143 after an orderly shutdown, which supervisors take for a crash.
        Signal.handle(new Signal("TERM"), _ -> System.exit(0));
        StartFailure failure = StartFailure.ofProcess();
        SpringApplication application = new SpringApplication(ModelServiceApplication.class);
        application.addInitializers(context -> ((GenericApplicationContext) context).registerBean(StartFailure.class,
                () -> failure));
        try {
            application.run(args);
        } catch (RuntimeException e) {
            failure.exit(reason(e));
        }
    }

    private static String reason(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PortInUseException inUse) {
                return "port %d is already in use (server.port)".formatted(inUse.getPort());
            }
        }
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(thrown).getMessage());
    }
}
