package io.barista.engine.cuda;

import java.util.Arrays;

/**
 * Which of some rows have which adapter, as the LoRA kernels read it: rows in order of their slots,
 * those of the base model last, cut into tiles that a block of
 * threads takes each. How many tiles there are depends on the number of rows alone, so that a recorded launch serves any mixture; those
 * that are not needed are empty.
 */
final class AdapterTiles {

    private static final int MOST_ROWS_IN_SMALL_TILES = 256;
    private static final int SMALL = 8;
    private static final int LARGE = 64;
    private static final int INTS = 4; // slot, first, count, rows

    private final int slots;
    private final int[] next; // by slot, then for the base model, where its next row goes
    private int[] order = new int[0];
    private int[] tiles = new int[0];

    /** @param slots that rows may name */
    AdapterTiles(int slots) {
        this.slots = slots;
        this.next = new int[slots + 2];
    }

    /** Rows that a tile has at most where there are so many. */
    static int tileRows(int rows) {
        return rows <= MOST_ROWS_IN_SMALL_TILES ? SMALL : LARGE;
    }

    /** The most rows, up to so many, whose tiles are small. */
    static int mostInSmallTiles(int rows) {
        return Math.min(rows, MOST_ROWS_IN_SMALL_TILES);
    }

    /** Tiles of so many rows. */
    int count(int rows) {
        return Math.ceilDiv(rows, tileRows(rows)) + Math.min(slots, rows);
    }

    /** Ints of a tile list for any number of rows up to that. */
    long mostInts(int rows) {
        return (long) INTS * (Math.ceilDiv(rows, SMALL) + Math.min(slots, rows));
    }

    /**
     * @param slotOf of each row, -1 where it has no adapter; as long as for the most rows that there can be
     * @throws IllegalArgumentException when a row names a slot that there is not
     */
    void arrange(int[] slotOf, int rows) {
        if (order.length < rows) {
            order = new int[slotOf.length];
            tiles = new int[Math.toIntExact(mostInts(slotOf.length))];
        }
        sort(slotOf, rows);
        int tileRows = tileRows(rows);
        int used = 0;
        int first = 0;
        for (int slot = 0; slot <= slots; slot++) {
            int end = next[slot]; // once all its rows are placed
            for (; first < end; first += tileRows) {
                int these = Math.min(tileRows, end - first);
                tiles[used++] = slot % slots;
                tiles[used++] = first;
                tiles[used++] = slot < slots ? these : 0;
                tiles[used++] = these;
            }
            first = end;
        }
        Arrays.fill(tiles, used, INTS * count(rows), 0);
    }

    private void sort(int[] slotOf, int rows) {
        Arrays.fill(next, 0);
        for (int row = 0; row < rows; row++) {
            int slot = slotOf[row];
            if (slot < -1 || slot >= slots) {
                throw new IllegalArgumentException("row %d names slot %d of %d".formatted(row, slot, slots));
            }
            next[place(slot) + 1]++;
        }
        for (int slot = 0; slot <= slots; slot++) {
            next[slot + 1] += next[slot];
        }
        for (int row = 0; row < rows; row++) {
            order[next[place(slotOf[row])]++] = row;
        }
    }

    private int place(int slot) {
        return slot < 0 ? slots : slot;
    }

    /** All rows, in order of slots, those of the base model last; what follows them is undefined. */
    int[] order() {
        return order;
    }

    /** Of each tile its slot, where in {@link #order} it begins, how many rows have that slot's adapter, which is all or none, and how many rows it has. */
    int[] tiles() {
        return tiles;
    }

    /** Ints in {@link #tiles} for so many rows. */
    int ints(int rows) {
        return INTS * count(rows);
    }
}
