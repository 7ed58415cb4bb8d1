package io.barista.engine.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class StopStringsTest {

    @Test
    void passesTextThroughAtOnceWhenThereIsNothingToFind() {
        StopStrings none = new StopStrings(List.of(), false);

        assertThat(none.append("anything")).isEqualTo("anything");
        assertThat(none.flush()).isEmpty();
        assertThat(none.matched()).isNull();
    }

    @Test
    void holdsBackOnlyWhatMayBecomeAStopString() {
        StopStrings stops = new StopStrings(List.of("###"), false);

        assertThat(stops.append("hello #")).isEqualTo("hello ");
        assertThat(stops.append("#")).isEmpty();
        assertThat(stops.append("x")).isEqualTo("##x");
        assertThat(stops.append("#")).isEmpty();
        assertThat(stops.flush()).isEqualTo("#");
    }

    @Test
    void cutsTheTextBeforeTheMatchAndDropsTheRest() {
        StopStrings stops = new StopStrings(List.of("stop"), false);

        assertThat(stops.append("a st")).isEqualTo("a ");
        assertThat(stops.append("op and more")).isEmpty();
        assertThat(stops.matched()).isEqualTo("stop");
        assertThat(stops.append("even more")).isEmpty();
        assertThat(stops.flush()).isEmpty();
    }

    @Test
    void keepsTheMatchWhenAskedTo() {
        StopStrings stops = new StopStrings(List.of("stop"), true);

        assertThat(stops.append("a stop and more")).isEqualTo("a stop");
    }

    @Test
    void theStringThatIsCompleteFirstWins() {
        StopStrings stops = new StopStrings(List.of("abcdef", "cd"), false);

        assertThat(stops.append("xxabcdef")).isEqualTo("xxab");
        assertThat(stops.matched()).isEqualTo("cd");
    }

    @Test
    void theFirstOfTheListWinsAmongThoseThatEndTogether() {
        StopStrings stops = new StopStrings(List.of("bc", "abc"), false);

        assertThat(stops.append("xabc")).isEqualTo("xa");
        assertThat(stops.matched()).isEqualTo("bc");
    }

    @Property
    void findsTheSameHoweverTheTextIsCut(@ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 30) String text,
            @ForAll @Size(min = 1,
                    max = 3) List<@CharRange(from = 'a', to = 'c') @StringLength(min = 1, max = 4) String> stops,
            @ForAll boolean include) {
        StopStrings whole = new StopStrings(stops, include);
        String expected = whole.append(text) + whole.flush();

        StopStrings pieces = new StopStrings(stops, include);
        StringBuilder actual = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            actual.append(pieces.append(text.substring(i, i + 1)));
        }
        actual.append(pieces.flush());

        assertThat(actual.toString()).isEqualTo(expected);
        assertThat(pieces.matched()).isEqualTo(whole.matched());
        if (whole.matched() == null) {
            assertThat(expected).isEqualTo(text);
            assertThat(stops).noneMatch(text::contains);
        } else if (include) {
            assertThat(expected).endsWith(whole.matched());
            assertThat(text).startsWith(expected);
        } else {
            assertThat(text).startsWith(expected + whole.matched());
        }
    }
}
