package io.barista.modelservice.adapters;

import io.barista.config.ModelSource;
import io.barista.sources.ModelDownload;
import io.barista.sources.SourceAddress;
import io.barista.sources.SourceException;
import io.barista.sources.SourceException.Kind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** From what an entry of {@code lora_modules} calls its path to a folder of this machine. */
final class ModuleFolders {

    private final Path base;
    private final ModelDownload download;

    /** @param base what relative paths mean */
    ModuleFolders(Path base, ModelDownload download) {
        this.base = base.toAbsolutePath().normalize();
        this.download = download;
    }

    /**
     * A folder that is there is used where it is; else the path is an address as {@code model_source} has it, and the adapter is fetched,
     * which may take its time.
     *
     * @throws SourceException in one line that names the entry, when the adapter cannot be had
     */
    Path of(String name, String path) {
        try {
            SourceAddress address = SourceAddress.parse(path, base);
            return switch (address) {
                case SourceAddress.Folder(Path folder) when Files.isDirectory(folder) -> folder;
                case SourceAddress.Folder(Path missing) -> repository(path, missing);
                case SourceAddress.S3 _,SourceAddress.Gcs _,SourceAddress.HuggingFace _ -> download.adapter(address);
            };
        } catch (SourceException e) {
            throw new SourceException(e.kind(), "lora_modules: adapter %s: %s".formatted(name, e.getMessage()), e);
        } catch (InvalidPathException e) {
            throw new SourceException(Kind.ADDRESS,
                    "lora_modules: adapter %s: its path is no path: %s".formatted(name, e.getReason()), e);
        }
    }

    /** What looks like a repository may be a mistyped folder too, so a failure tells of both. */
    private Path repository(String path, Path missing) {
        // a single word is more likely to be mistyped than to be one of the few repositories without an organisation
        if (!path.contains("/") || !(ModelSource.parse(path, base) instanceof ModelSource.HuggingFace repository)) {
            throw new SourceException(Kind.NOT_FOUND,
                    "there is no folder %s, and %s is no address; expected a folder, organisation/name of Hugging Face, hf://organisation/name[@revision][/folder], s3://bucket/folder or gs://bucket/folder"
                            .formatted(missing, path));
        }
        try {
            return download.adapter(SourceAddress.of(repository, null));
        } catch (SourceException e) {
            throw new SourceException(e.kind(), "there is no folder %s, and %s".formatted(missing, e.getMessage()), e);
        }
    }
}
