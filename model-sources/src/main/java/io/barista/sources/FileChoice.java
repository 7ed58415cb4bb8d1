package io.barista.sources;

import java.util.List;

/** Which of a source's files are fetched. Pickles never are: they can run code when they are opened. */
public enum FileChoice {

    /** Safetensors, tokenizer and configuration of a model. */
    MODEL,

    /** Configuration and weights of a LoRA adapter. */
    ADAPTER,

    /** Whatever is there, for what a user names by its own address. */
    HARMLESS;

    /**
     * @param source for messages
     * @throws SourceException NOT_FOUND or UNUSABLE when the needed files are not among them
     */
    public List<RemoteFile> of(String source, List<RemoteFile> files) {
        if (files.isEmpty()) {
            throw new SourceException(SourceException.Kind.NOT_FOUND, source + " has no files; is the address right?");
        }
        List<RemoteFile> safe = files.stream().filter(RemoteFile::hasSafePath)
                .filter(file -> !ModelFiles.isPickle(file))
                .toList();
        List<RemoteFile> chosen = switch (this) {
            case MODEL -> ModelFiles.of(source, safe, files.size() > safe.size());
            case ADAPTER -> AdapterFiles.of(source, safe, files.size() > safe.size());
            case HARMLESS -> safe;
        };
        if (chosen.isEmpty()) {
            throw new SourceException(SourceException.Kind.UNUSABLE, source + " has no files that may be fetched");
        }
        return chosen;
    }
}
