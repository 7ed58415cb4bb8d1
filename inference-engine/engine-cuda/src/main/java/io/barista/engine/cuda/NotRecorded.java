package io.barista.engine.cuda;

/** A step has an operation that {@link StepRecorder} cannot make a part of one launch. */
final class NotRecorded extends RuntimeException {

    private static final long serialVersionUID = 1;

    NotRecorded(String reason) {
        super(reason, null, false, false);
    }
}
