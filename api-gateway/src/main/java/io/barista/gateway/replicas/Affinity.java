package io.barista.gateway.replicas;

import io.barista.gateway.settings.GatewaySettings;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sends the requests for an adapter to the same replicas again and again, so that they find it loaded there, without anybody
 * keeping a record of who holds what: rendezvous hashing (Thaler and Ravishankar, 1998) orders the replicas for each adapter, and
 * one that comes or goes moves only its own share of them. No replica takes much more than its share of the load for it (bounded
 * loads, Mirrokni, Thorup and Zadimoghaddam, 2016): an adapter that many ask for spreads over as many replicas as it needs.
 */
final class Affinity {

    private final double factor;
    private final int slack;

    Affinity(GatewaySettings.Affinity settings) {
        this.factor = settings.factor();
        this.slack = settings.slack();
    }

    /**
     * All replicas in the order in which they are to be tried: those of the adapter that have room, then the others.
     *
     * @param byLoad all replicas of the model, least loaded first
     */
    List<Replica> order(String adapter, List<Replica> byLoad) {
        int total = byLoad.stream().mapToInt(Replica::outstanding).sum();
        double limit = factor * (total + 1) / byLoad.size() + slack;
        List<Replica> withRoom = byLoad.stream().filter(replica -> replica.outstanding() + 1 <= limit)
                .sorted(Comparator.comparingLong((Replica replica) -> weight(adapter, replica.uri())).reversed())
                .toList();
        return Stream.concat(withRoom.stream(), byLoad.stream().filter(replica -> !withRoom.contains(replica)))
                .toList();
    }

    /** Evenly distributed and independent for each pair: FNV-1a of both, stirred as MurmurHash3 does at its end. */
    static long weight(String adapter, URI replica) {
        long hash = add(add(0xcbf29ce484222325L, adapter), "\n" + replica);
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }

    private static long add(long seed, String text) {
        long hash = seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
