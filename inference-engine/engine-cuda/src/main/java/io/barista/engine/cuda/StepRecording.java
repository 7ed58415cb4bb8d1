package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.KvCache;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one step as {@code decode_step.cu} does them. Each reads all that the one before wrote, by which the kernel's blocks know
 * that what they overwrite has been read. Activations lie in a workspace of the kernel's own: for each buffer a place, in words of
 * two elements.
 */
final class StepRecording {

    private static final int ALIGNMENT = 16; // words
    private static final int EMBED_ELEMENTS = 1_024; // that a block looks up at a time
    private static final int HEADS = 8; // that share keys and are taken together
    private static final int MOST_SPLITS = 16;
    private static final int LARGEST_HEAD = 128;
    private static final int HEAD_MULTIPLE = 8;

    private final int rows;
    private final int blocks;
    private final List<StepOperation> operations = new ArrayList<>();
    private final Map<Long, Place> places = new HashMap<>(); // by address of the buffer
    private int words;
    private int next; // block that takes the next tile

    private @Nullable HeadsInCache heads; // of queries, keys and values that have just been multiplied
    private @Nullable AttentionSpec attention; // of all layers, but for the window
    private KvCache.@Nullable Shape cache;
    private float eps = Float.NaN;
    private float embeddingScale;
    private long logits;
    private int partials;

    /** Where a buffer lies, and the operation that wrote it last. */
    private record Place(int words, int writer) {}

    StepRecording(int rows, int blocks) {
        this.rows = rows;
        this.blocks = blocks;
    }

    int rows() {
        return rows;
    }

    void embed(CudaMatrix table, float scale, long out) {
        embeddingScale = scale;
        int target = place(out, table.inputs());
        add(new StepOperation(StepOperation.Kind.EMBED, table.address(), 0, 0, 0, 0, table.inputs(), 0, 0, target, 0,
                next, Math.ceilDiv(rows * table.inputs(), EMBED_ELEMENTS)));
    }

    void product(StepOperation.Kind kind, CudaMatrix w, @Nullable CudaVector bias, @Nullable CudaVector norm,
            int detail, long x, long out) {
        if (w.outputs() % 4 != 0) {
            throw new NotRecorded("%s has %d outputs, which are no multiple of 4".formatted(w.name(), w.outputs()));
        }
        int source = source(x);
        Place before = places.get(out);
        if (kind == StepOperation.Kind.ADD && before == null) {
            throw new NotRecorded("a sum that nothing was written to");
        }
        int target = place(out, kind == StepOperation.Kind.GATED ? w.outputs() / 2 : w.outputs());
        addProduct(kind, w, bias, norm, detail, source, target, before == null ? 0 : before.writer());
    }

    /** What the attention that follows does with them. */
    void heads(HeadsInCache following) {
        heads = following;
    }

    void attend(long qkv, AttentionSpec spec, CudaKvCache kept, int layer, long out) {
        HeadsInCache turned = heads;
        if (turned == null || turned.layer() != layer) {
            throw new NotRecorded("attention over queries that were not made for it");
        }
        heads = null;
        requirePossible(spec, kept, (CudaRopeTable) turned.rope());
        int source = source(qkv);
        int target = place(out, spec.queryWidth());
        add(new StepOperation(StepOperation.Kind.ATTEND, kept.layer(layer), addressOf(turned.queryNorm()),
                addressOf(turned.keyNorm()), ((CudaRopeTable) turned.rope()).address(), spec.window(),
                spec.queryWidth(), spec.qkvWidth(), source, target, 0, next, groups() * splits()));
    }

    private void requirePossible(AttentionSpec spec, CudaKvCache kept, CudaRopeTable rope) {
        AttentionSpec alike = new AttentionSpec(spec.heads(), spec.kvHeads(), spec.headDim(), spec.scale(), 0,
                spec.softCap());
        if (attention == null) {
            attention = alike;
            cache = kept.shape();
            partials = place(-1, 2 * groups() / rows * splits() * HEADS * (spec.headDim() + 2));
        }
        if (!alike.equals(attention)) {
            throw new NotRecorded("layers whose attention differs");
        }
        if (kept.fp8()) {
            throw new NotRecorded("a cache of fp8");
        }
        if (spec.headDim() > LARGEST_HEAD || spec.headDim() % HEAD_MULTIPLE != 0) {
            throw new NotRecorded("heads of %d".formatted(spec.headDim()));
        }
        if (rope.rotaryDim() != spec.headDim()) {
            throw new NotRecorded("rotation of a part of each head");
        }
    }

    /** The rows of both buffers are the same: those of a step whose rows all want their logits. */
    void gather(long x, long out) {
        source(x);
        places.put(out, places.get(x));
    }

    void logits(CudaMatrix w, @Nullable CudaVector bias, CudaVector norm, long x, long out) {
        logits = out;
        addProduct(StepOperation.Kind.LOGITS, w, bias, norm, 0, source(x), 0, 0);
    }

    /** All norms of a step have the same. */
    void eps(float value) {
        if (!Float.isNaN(eps) && eps != value) {
            throw new NotRecorded("norms that differ");
        }
        eps = value;
    }

    private void addProduct(StepOperation.Kind kind, CudaMatrix w, @Nullable CudaVector bias,
            @Nullable CudaVector norm, int detail, int source, int target, int addend) {
        add(new StepOperation(kind, w.address(), addressOf(bias), addressOf(norm), 0, detail, w.outputs(), w.inputs(),
                source, target, addend, next, StepOperation.tiles(kind, w.outputs(), blocks)));
    }

    private void add(StepOperation operation) {
        operations.add(operation);
        next = (next + operation.tiles()) % blocks;
    }

    /** Of the buffer that the last operation wrote. */
    private int source(long address) {
        Place place = places.get(address);
        if (place == null || place.writer() != operations.size() - 1) {
            throw new NotRecorded("an operation that reads something else than the one before it wrote");
        }
        return place.words();
    }

    /** Of a buffer that the operation to be added writes. */
    private int place(long address, int columns) {
        Place known = places.get(address);
        int at = known == null ? words : known.words();
        if (known == null) {
            words += Math.ceilDiv(rows * columns / 2, ALIGNMENT) * ALIGNMENT;
        }
        places.put(address, new Place(at, operations.size()));
        return at;
    }

    private static long addressOf(@Nullable Object vector) {
        return vector == null ? 0 : ((CudaVector) vector).address();
    }

    List<StepOperation> operations() {
        return operations;
    }

    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(operations.size() * StepOperation.BYTES)
                .order(ByteOrder.nativeOrder());
        operations.forEach(operation -> operation.write(bytes, blocks));
        return bytes.flip();
    }

    /** Words of the workspace. */
    int words() {
        return words;
    }

    /** Where parts of contexts leave what is to be added up. */
    int partials() {
        return partials;
    }

    int largestInputs() {
        return operations.stream().filter(operation -> operation.kind() != StepOperation.Kind.ATTEND)
                .mapToInt(StepOperation::inputs).max().orElse(0);
    }

    /** Rows times groups of heads that share keys. */
    private int groups() {
        return rows * attention().kvHeads() * Math.ceilDiv(attention().heads() / attention().kvHeads(), HEADS);
    }

    /** Into which a context may be split, so that no part waits for a block that waits for it. */
    int splits() {
        return Math.clamp(blocks / groups(), 1, MOST_SPLITS);
    }

    AttentionSpec attention() {
        if (attention == null) {
            throw new NotRecorded("a model without attention");
        }
        return attention;
    }

    KvCache.Shape cache() {
        if (cache == null) {
            throw new NotRecorded("a model without attention");
        }
        return cache;
    }

    float eps() {
        return eps;
    }

    float embeddingScale() {
        return embeddingScale;
    }

    long logits() {
        return logits;
    }
}
