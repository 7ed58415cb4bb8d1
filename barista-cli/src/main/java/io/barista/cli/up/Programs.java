package io.barista.cli.up;

import io.barista.cli.Workplace;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServiceImage;
import io.barista.cli.process.ServiceImages;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How each kind of service is started: from its image, with a start-up cache that is trained once for each build. */
public final class Programs {

    /** Set to {@code off}, services start without a cache; saves its making where a build is started only once. */
    private static final String SWITCH = "BARISTA_STARTUP_CACHE";

    private final Map<Role, ServiceImage> images;

    private Programs(Map<Role, ServiceImage> images) {
        this.images = images;
    }

    /** Prepares the images of all services; takes about half a minute after a build, and no time later. */
    public static Programs prepare(Workplace workplace) throws IOException, InterruptedException {
        ServiceImages all = new ServiceImages(workplace.installation());
        Map<Role, ServiceImage> images = new EnumMap<>(Role.class);
        try (ServiceImages.Lock _ = all.lock()) {
            for (Role role : Role.values()) {
                images.put(role, all.prepare(role));
            }
            boolean isWanted = !workplace.variable(SWITCH).orElse("").equals("off");
            if (isWanted && !images.values().stream().allMatch(ServiceImage::isTrained)) {
                new StartupTraining(workplace, images).run();
            }
        }
        return new Programs(images);
    }

    /** Program and JVM flags, without the service's arguments. */
    public List<String> command(Role role) {
        ServiceImage image = images.get(role);
        if (image == null) {
            throw new IllegalArgumentException("no image of " + role);
        }
        return image.command();
    }
}
