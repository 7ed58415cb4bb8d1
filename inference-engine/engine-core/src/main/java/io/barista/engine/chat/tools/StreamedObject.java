package io.barista.engine.chat.tools;

/** A JSON object that is given on while it is written. */
final class StreamedObject {

    private final JsonObjectEnd end = new JsonObjectEnd();
    private boolean open;

    void begin() {
        end.reset();
        open = true;
    }

    /** Whether the object has not ended. */
    boolean isOpen() {
        return open;
    }

    /** Takes what is there of the object from the front of the text. */
    String take(StringBuilder text) {
        int at = end.find(text);
        int length = at < 0 ? text.length() : at;
        String taken = text.substring(0, length);
        text.delete(0, length);
        end.consumed(length);
        open = at < 0;
        return taken;
    }
}
