package io.barista.cli.up;

/** What the supervisor's thread is told by others. */
sealed interface SupervisorEvent {

    /** @param process which of the service's processes: an event of an older one says nothing about the newest */
    record Ready(ManagedService service, Process process) implements SupervisorEvent {}

    record Ended(ManagedService service, Process process) implements SupervisorEvent {}

    /** The back-off of a failed service is over. */
    record RestartDue(ManagedService service) implements SupervisorEvent {}

    /** Someone asked for the suite's end; asked again, it ends at once. */
    record StopRequested() implements SupervisorEvent {}

    /** The suite has had its time to become ready. */
    record StartTimeout() implements SupervisorEvent {}

    /** Time for a line about what is being waited for. */
    record StillWaiting() implements SupervisorEvent {}
}
