package io.barista.cli.up;

import io.barista.cli.CommandFailure;
import io.barista.cli.process.Guard;
import io.barista.cli.process.Readiness;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServicePlan;
import io.barista.cli.process.ServiceStarter;
import io.barista.cli.up.SupervisorEvent.Ended;
import io.barista.cli.up.SupervisorEvent.Ready;
import io.barista.cli.up.SupervisorEvent.RestartDue;
import io.barista.cli.up.SupervisorEvent.StartTimeout;
import io.barista.cli.up.SupervisorEvent.StillWaiting;
import io.barista.cli.up.SupervisorEvent.StopRequested;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs a suite from its start to its end. One thread, the caller of {@link #run}, owns all state; processes, timers and signals
 * only put events into its queue. However {@code run} ends, no service is left.
 */
final class Supervisor {

    private static final int EXIT_INTERRUPTED = 130;
    private static final Duration REMINDER = Duration.ofSeconds(15);

    private final List<ManagedService> services;
    private final Set<Role> later;
    private final ServiceStarter starter;
    private final Guard guard;
    private final Consumer<List<ManagedService>> stateChanged;
    private final Duration stopGrace;
    private final SuiteFolder folder;
    private final Narrator narrator;
    private final Clock clock;
    private final LinkedBlockingQueue<SupervisorEvent> events = new LinkedBlockingQueue<>();
    private final ScheduledExecutorService timer = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("supervisor-timer").factory());

    /**
     * @param later     what the first request can do without: started when the others are ready, so that it takes no processor from
     *                  them, and not waited for
     * @param stopGrace how long each role of services may take to stop
     */
    Supervisor(List<ServicePlan> plans, Set<Role> later, ServiceStarter starter, Guard guard, SuiteFolder folder,
            Narrator narrator,
            Clock clock, Consumer<List<ManagedService>> stateChanged, Duration stopGrace) {
        this.services = plans.stream().map(ManagedService::new).toList();
        this.later = later;
        this.starter = starter;
        this.guard = guard;
        this.folder = folder;
        this.narrator = narrator;
        this.clock = clock;
        this.stateChanged = stateChanged;
        this.stopGrace = stopGrace;
    }

    /** Asks for the end of the suite from any thread; asked twice, the services are killed. */
    void requestStop() {
        events.add(new StopRequested());
    }

    /**
     * Starts the services at once, calls {@code whenReady} when all are ready but those that come later, and keeps them running until
     * it is asked to stop.
     *
     * @param startTimeout how long the suite may take to become ready
     * @throws CommandFailure when the suite did not become ready; says why
     */
    void run(Duration startTimeout, Runnable whenReady) throws IOException, InterruptedException {
        try {
            schedule(startTimeout, new StartTimeout());
            schedule(REMINDER, new StillWaiting());
            for (ManagedService service : first()) {
                start(service);
            }
            awaitAllReady();
            services.stream().filter(service -> !first().contains(service)).forEach(this::restart);
            whenReady.run();
            keepRunning();
        } finally {
            stopAll();
            timer.shutdownNow();
        }
    }

    private void awaitAllReady() throws InterruptedException {
        while (!notReady().isEmpty()) {
            switch (events.take()) {
                case Ready(ManagedService service, Process _) -> becameReady(service);
                case Ended(ManagedService service, Process _) ->
                    throw CommandFailure.of("%s ended before it was ready (%s); log: %s",
                            service.plan().name(), service.obituary(), folder.shown(service.plan().log()));
                case StartTimeout() ->
                    throw CommandFailure.of("%s did not become ready in time; log: %s", names(notReady()),
                            folder.shown(notReady().getFirst().plan().log()));
                case StopRequested() ->
                    throw CommandFailure.withExitCode(EXIT_INTERRUPTED, "stopped before it was ready");
                case StillWaiting() -> {
                    narrator.event("still waiting for %s", names(notReady()));
                    schedule(REMINDER, new StillWaiting());
                }
                case RestartDue(ManagedService _) ->
                    throw new IllegalStateException("nothing is restarted before all are ready");
            }
        }
    }

    private void keepRunning() throws IOException, InterruptedException {
        while (true) {
            switch (events.take()) {
                case Ready(ManagedService service, Process process) when service.runs(process) -> becameReady(service);
                case Ended(ManagedService service, Process process) when service.runs(process) ->
                    failed(service, service.obituary());
                case RestartDue(ManagedService service) -> restart(service);
                case StopRequested() -> {
                    return;
                }
                case Ready _,Ended _,StartTimeout _,StillWaiting _ -> {
                    // of the past
                }
            }
        }
    }

    private void start(ManagedService service) throws IOException {
        ServicePlan plan = service.plan();
        long logStart = Files.exists(plan.log()) ? Files.size(plan.log()) : 0;
        Process process = starter.start(plan);
        service.startedAs(process, logStart, clock.instant());
        guard.started(process.pid());
        stateChanged.accept(services);
        process.onExit().thenRun(() -> events.add(new Ended(service, process)));
        Thread.ofVirtual().name("readiness-" + plan.name()).start(() -> {
            try {
                if (Readiness.await(process, plan.port())) {
                    events.add(new Ready(service, process));
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** A start that is not even possible must not end the others; it is tried again. */
    private void restart(ManagedService service) {
        try {
            start(service);
        } catch (IOException impossible) {
            failed(service, impossible.toString());
        }
    }

    private void becameReady(ManagedService service) {
        service.becameReady();
        stateChanged.accept(services);
        narrator.event("%-16s ready on port %d after %.1f s", service.plan().name(), service.plan().port(),
                service.sinceStart(clock.instant()).toMillis() / 1000.0);
    }

    private void failed(ManagedService service, String reason) {
        service.process().ifPresent(process -> guard.ended(process.pid()));
        Duration wait = service.failed(clock.instant());
        stateChanged.accept(services);
        narrator.event("%-16s failed (%s), starting it again in %d s; log: %s", service.plan().name(), reason,
                wait.toSeconds(), folder.shown(service.plan().log()));
        schedule(wait, new RestartDue(service));
    }

    private void stopAll() throws InterruptedException {
        new SuiteStop(services, events, guard, narrator, () -> stateChanged.accept(services), stopGrace).run();
    }

    private void schedule(Duration wait, SupervisorEvent event) {
        timer.schedule(() -> events.add(event), wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private List<ManagedService> notReady() {
        return first().stream().filter(service -> service.condition() != Condition.READY).toList();
    }

    private List<ManagedService> first() {
        return services.stream().filter(service -> !later.contains(service.plan().role())).toList();
    }

    private static String names(List<ManagedService> services) {
        return services.stream().map(service -> service.plan().name()).collect(Collectors.joining(", "));
    }
}
