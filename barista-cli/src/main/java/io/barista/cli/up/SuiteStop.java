package io.barista.cli.up;

import io.barista.cli.process.Guard;
import io.barista.cli.process.Role;
import io.barista.cli.up.SupervisorEvent.StopRequested;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Stops the services role by role: each gets time to finish what it has begun, then it is killed. */
final class SuiteStop {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final List<ManagedService> services;
    private final BlockingQueue<SupervisorEvent> events;
    private final Guard guard;
    private final Narrator narrator;
    private final Runnable stateChanged;
    private final Duration grace;
    private boolean isImpatient;

    SuiteStop(List<ManagedService> services, BlockingQueue<SupervisorEvent> events, Guard guard, Narrator narrator,
            Runnable stateChanged, Duration grace) {
        this.services = services;
        this.events = events;
        this.guard = guard;
        this.narrator = narrator;
        this.stateChanged = stateChanged;
        this.grace = grace;
    }

    void run() throws InterruptedException {
        if (services.stream().anyMatch(ManagedService::isRunning)) {
            narrator.event("stopping");
        }
        for (Role role : Role.values()) {
            stop(services.stream().filter(service -> service.plan().role() == role).toList());
        }
    }

    private void stop(List<ManagedService> tier) throws InterruptedException {
        for (ManagedService service : tier) {
            service.draining();
            service.process().ifPresent(Process::destroy);
        }
        stateChanged.run();

        long deadline = System.nanoTime() + grace.toNanos();
        while (tier.stream().anyMatch(ManagedService::isRunning)) {
            if (isImpatient || System.nanoTime() > deadline) {
                kill(tier);
            }
            SupervisorEvent event = events.poll(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            if (event instanceof StopRequested && !isImpatient) {
                isImpatient = true;
                narrator.event("asked again: killing what still runs");
            }
        }

        for (ManagedService service : tier) {
            service.stopped();
            service.process().ifPresent(process -> guard.ended(process.pid()));
        }
        stateChanged.run();
    }

    private void kill(List<ManagedService> tier) {
        for (ManagedService service : tier) {
            if (service.isRunning() && !isImpatient) {
                narrator.event("%s has not stopped in %d s, killing it", service.plan().name(), grace.toSeconds());
            }
            service.process().ifPresent(Process::destroyForcibly);
        }
    }
}
