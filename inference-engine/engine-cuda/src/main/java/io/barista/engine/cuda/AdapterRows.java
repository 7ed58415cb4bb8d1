package io.barista.engine.cuda;

/** The rows of a product that adapters may add to: how many there are, which adapter each has, and where the device reads that. */
final class AdapterRows {

    private final AdapterTiles tiles;
    private int count;
    private long orderAddress;
    private long tilesAddress;

    AdapterRows(int slots) {
        this.tiles = new AdapterTiles(slots);
    }

    /** As {@link AdapterTiles#arrange}. */
    void arrange(int[] slotOf, int rows) {
        tiles.arrange(slotOf, rows);
        count = rows;
    }

    /** What was arranged last is to be copied to the device, where it is found at these addresses. */
    void lieAt(long order, long tiles) {
        orderAddress = order;
        tilesAddress = tiles;
    }

    /** Ints on the device of any number of rows up to that. */
    long mostInts(int rows) {
        return rows + tiles.mostInts(rows);
    }

    AdapterTiles onHost() {
        return tiles;
    }

    int count() {
        return count;
    }

    int tileCount() {
        return tiles.count(count);
    }

    /** Address of {@link AdapterTiles#order}. */
    long order() {
        return orderAddress;
    }

    /** Address of {@link AdapterTiles#tiles}. */
    long tiles() {
        return tilesAddress;
    }
}
