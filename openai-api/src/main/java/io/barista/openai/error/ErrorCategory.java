package io.barista.openai.error;

/** Who can do something about an error; decides retries and alerts. */
public enum ErrorCategory {

    /** The request is wrong; sending it again will not help. */
    USER_ERROR,

    /** The request is fine, there is no room for it now; try again later. */
    OVERLOADED,

    /** Another service, or a replica, failed. */
    UPSTREAM,

    /** Our own fault. */
    INTERNAL
}
