package io.barista.engine.cuda;

import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.global.cudart;

/** One GPU, opened on the calling thread, to which it then belongs. */
final class Device implements AutoCloseable {

    private final int ordinal;
    private final CUctx_st context;
    private final Properties properties;

    /**
     * @param computeCapability 90 for 9.0
     * @param blockSharedBytes  shared memory that a block may ask for at most
     * @param launchesCooperatively whether a launch can demand that all of its blocks run at a time
     */
    record Properties(String name, int computeCapability, int multiprocessors, int blockSharedBytes,
            boolean launchesCooperatively) {

        private static final int DECLARED_SHARED_BYTES = 1_024;

        static Properties of(int device) {
            return new Properties(Driver.deviceName(device),
                    10 * Driver.attribute(device, cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                            + Driver.attribute(device, cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                    Driver.attribute(device, cudart.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                    Driver.attribute(device, cudart.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
                    Driver.attribute(device, cudart.CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH) != 0);
        }

        /** What a block may ask for beside the little that its kernel declares. */
        int dynamicSharedBytes() {
            return blockSharedBytes - DECLARED_SHARED_BYTES;
        }

        /** As NVRTC takes it; instructions of the family's own only exist on targets with an "a". */
        String target() {
            return switch (computeCapability) {
                case 90, 100, 103, 120 -> "sm_%da".formatted(computeCapability);
                default -> "sm_" + computeCapability;
            };
        }

        /** Whether there are Hopper's products of four warps together (wgmma), which its successors do not have. */
        boolean multipliesByWarpgroups() {
            return computeCapability == 90;
        }

        /** Whether a kernel may start while the one before it drains. */
        boolean launchesDependents() {
            return computeCapability >= 90;
        }
    }

    private Device(int ordinal, CUctx_st context, Properties properties) {
        this.ordinal = ordinal;
        this.context = context;
        this.properties = properties;
    }

    static Device open(int index) {
        Driver.initialise();
        int ordinal = Driver.device(index);
        CUctx_st context = Driver.retainContext(ordinal);
        Driver.makeCurrent(context);
        return new Device(ordinal, context, Properties.of(ordinal));
    }

    Properties properties() {
        return properties;
    }

    /** Where the device is plugged in, by which other libraries of the driver know it. */
    String pciBusId() {
        return Driver.pciBusId(ordinal);
    }

    /** Makes the device current on another thread that copies to it. */
    void attachThread() {
        Driver.makeCurrent(context);
    }

    @Override
    public void close() {
        Driver.releaseContext(ordinal);
    }
}
