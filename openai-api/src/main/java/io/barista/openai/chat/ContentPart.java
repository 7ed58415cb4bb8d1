package io.barista.openai.chat;

/** A piece of a message's content. */
public sealed interface ContentPart {

    record Text(String text) implements ContentPart {}

    /** A kind this server does not read, such as an image; {@code path} names it in the request. */
    record Other(String type, String path) implements ContentPart {}
}
