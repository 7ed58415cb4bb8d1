package io.barista.engine.lora;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterSlotsTest {

    private final List<String> filled = new ArrayList<>();
    private AdapterSlots slots = slots(2);

    private AdapterSlots slots(int count) {
        return new AdapterSlots(count, (slot, adapter) -> filled.add(adapter.id().name() + slot),
                new AdapterCounters());
    }

    private static Adapter adapter(String name) {
        return new Adapter(new AdapterId(name, "1"), 8, 0, List.of());
    }

    /** What a sequence does that comes, waits until its adapter is there, runs and ends. */
    private int serve(String name) {
        slots.beginRound();
        int slot = slots.find(adapter(name));
        if (slot == AdapterSlots.WAIT) {
            slots.filled(lastFilled());
            slots.beginRound();
            slot = slots.find(adapter(name));
        }
        slots.enter(slot);
        slots.leave(slot);
        return slot;
    }

    private int lastFilled() {
        return filled.getLast().charAt(filled.getLast().length() - 1) - '0';
    }

    @ParameterizedTest
    @CsvSource({
        "2, A B A C, A C", "2, A B C, B C", "2, A A A, A", "2, A B A C B, B C", "1, A B A, A", "3, A B C A D, A C D",
        "3, A B C D E, C D E", "2, A B B A C, A C"})
    void theLeastRecentlyUsedMakesRoom(int count, String asked, String left) {
        slots = slots(count);
        for (String name : asked.split(" ")) {
            serve(name);
        }
        List<String> names = List.of("A", "B", "C", "D", "E");
        assertThat(names.stream().filter(name -> slots.holds(new AdapterId(name, "1"))))
                .containsExactly(left.split(" "));
        assertThat(slots.occupied()).isEqualTo(left.split(" ").length);
    }

    @Test
    void fillsASlotOnceForAllWhoWaitForItsAdapter() {
        slots.beginRound();
        assertThat(slots.find(adapter("A"))).isEqualTo(AdapterSlots.WAIT);
        assertThat(slots.find(adapter("A"))).isEqualTo(AdapterSlots.WAIT);
        slots.beginRound();
        assertThat(slots.find(adapter("A"))).isEqualTo(AdapterSlots.WAIT);
        assertThat(filled).containsExactly("A0");
        slots.filled(0);
        assertThat(slots.find(adapter("A"))).isZero();
    }

    @Test
    void anotherVersionIsAnotherAdapter() {
        serve("A");
        slots.beginRound();
        assertThat(slots.find(new Adapter(new AdapterId("A", "2"), 8, 0, List.of()))).isEqualTo(AdapterSlots.WAIT);
        assertThat(filled).containsExactly("A0", "A1");
    }

    @Test
    void whatRunsStaysWhereItIs() {
        slots.enter(serve("A"));
        slots.enter(serve("B"));
        slots.beginRound();
        assertThat(slots.find(adapter("C"))).isEqualTo(AdapterSlots.WAIT);
        assertThat(filled).containsExactly("A0", "B1");
    }

    /** A is busier than B, so it is B's slot that C will get, and nobody of B who comes after C may prolong the wait. */
    @Test
    void aWaitingAdapterClaimsTheSlotThatIsFreeSoonest() {
        int a = serve("A");
        int b = serve("B");
        slots.enter(a);
        slots.enter(a);
        slots.enter(b);
        slots.beginRound();
        assertThat(slots.find(adapter("B"))).as("before C").isEqualTo(b);
        assertThat(slots.find(adapter("C"))).isEqualTo(AdapterSlots.WAIT);
        assertThat(slots.find(adapter("B"))).as("after C").isEqualTo(AdapterSlots.WAIT);
        assertThat(slots.find(adapter("A"))).isEqualTo(a);

        slots.leave(b);
        slots.beginRound();
        slots.find(adapter("C"));
        assertThat(filled).endsWith("C" + b);
    }

    @Test
    void twoWhoWaitForOneAdapterClaimOneSlot() {
        slots.enter(serve("A"));
        slots.enter(serve("B"));
        slots.beginRound();
        slots.find(adapter("C"));
        slots.find(adapter("C"));
        boolean aRuns = slots.find(adapter("A")) >= 0;
        boolean bRuns = slots.find(adapter("B")) >= 0;
        assertThat(aRuns).isNotEqualTo(bRuns);
    }

    @Test
    void aSlotThatCouldNotBeFilledIsEmptyAgain() {
        slots.beginRound();
        slots.find(adapter("A"));
        slots.failed(0);
        assertThat(slots.holds(new AdapterId("A", "1"))).isFalse();
        slots.beginRound();
        slots.find(adapter("B"));
        assertThat(filled).containsExactly("A0", "B1");
    }
}
