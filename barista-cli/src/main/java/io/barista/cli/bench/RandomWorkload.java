package io.barista.cli.bench;

import io.barista.cli.bench.Workload.Input;
import io.barista.cli.bench.Workload.Item;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.StringJoiner;

/** Prompts without a meaning and of a given length; the same seed gives the same prompts. */
final class RandomWorkload {

    private static final List<String> WORDS = List.of("time", "year", "people", "way", "day", "man", "thing", "woman",
            "life",
            "child", "world", "school", "state", "family", "student", "group", "country", "problem", "hand", "part",
            "place",
            "case", "week", "company", "system", "program", "question", "work", "number", "night", "point", "home",
            "water",
            "room", "mother", "area", "money", "story", "fact", "month", "lot", "right", "study", "book", "eye", "job",
            "word", "business", "issue", "side", "kind", "head", "house", "service", "friend", "father", "power",
            "hour",
            "game", "line", "end", "member", "law", "car");

    private final Optional<Tokenizer> tokenizer;
    private final SplittableRandom random;

    /** @param tokenizer the model's, for exact lengths; without it a token is taken to be a word */
    RandomWorkload(Optional<Tokenizer> tokenizer, long seed) {
        this.tokenizer = tokenizer;
        this.random = new SplittableRandom(seed);
    }

    Workload create(int count, int inputTokens, int outputTokens) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(new Item(new Input.Prompt(prompt(inputTokens)), outputTokens));
        }
        return new Workload("random", items);
    }

    private String prompt(int tokens) {
        String text = words(tokens);
        if (tokenizer.isEmpty()) {
            return text;
        }
        // A word is one token or more, so the first tokens of enough words are as many as wanted; cutting may join two.
        int[] ids = tokenizer.get().encode(text, false);
        int[] wanted = new int[Math.min(tokens, ids.length)];
        System.arraycopy(ids, 0, wanted, 0, wanted.length);
        return tokenizer.get().decode(wanted, true);
    }

    private String words(int count) {
        StringJoiner text = new StringJoiner(" ");
        for (int i = 0; i < count; i++) {
            text.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return text.toString();
    }
}
