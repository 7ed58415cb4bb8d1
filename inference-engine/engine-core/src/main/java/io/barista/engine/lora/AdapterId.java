package io.barista.engine.lora;

/** One version of an adapter: its weights never change. */
public record AdapterId(String name, String version) {

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
