package io.barista.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;

/** What a {@code for} goes through, and {@code len()}. */
final class Iteration {

    private final Budget budget;

    Iteration(Budget budget) {
        this.budget = budget;
    }

    Iterator<Value> iterate(Value value) {
        return switch (value) {
            case Value.Generator generator -> generator.items();
            case Value.Range range -> LongStream.range(0, range.length())
                    .mapToObj(i -> (Value) Value.Int.of(range.start() + i * range.step())).iterator();
            default -> list(value).iterator();
        };
    }

    /** All items; a generator is used up by it. */
    List<Value> list(Value value) {
        return switch (value) {
            case Value.ListValue(List<Value> items) -> items;
            case Value.Tuple tuple -> tuple.items();
            case Value.View view -> view.items();
            case Value.Dict dict -> {
                budget.entries(dict.entries().size());
                yield List.copyOf(dict.entries().keySet());
            }
            case Value.Text(String text) -> characters(text);
            case Value.Undefined _ -> List.of();
            case Value.Range range -> drain(iterate(range));
            case Value.Generator generator -> drain(generator.items());
            case Value.None _,Value.Bool _,Value.Int _,Value.Real _,Value.Namespace _,Callable _ ->
                throw JinjaException.runtime("'%s' object is not iterable", value.typeName());
        };
    }

    /** {@code len(value)} */
    long length(Value value) {
        return switch (value) {
            case Value.Text(String text) -> {
                budget.characters(text.length());
                yield text.codePointCount(0, text.length());
            }
            case Value.ListValue(List<Value> items) -> items.size();
            case Value.Tuple tuple -> tuple.items().size();
            case Value.Dict dict -> dict.entries().size();
            case Value.View view -> view.items().size();
            case Value.Range range -> range.length();
            case Value.Undefined _ -> 0;
            case Value.None _,Value.Bool _,Value.Int _,Value.Real _,Value.Generator _,Value.Namespace _,Callable _ ->
                throw JinjaException.runtime("object of type '%s' has no len()", value.typeName());
        };
    }

    boolean isIterable(Value value) {
        return switch (value) {
            case Value.Text _,Value.ListValue _,Value.Tuple _,Value.Dict _,Value.View _,Value.Range _,Value.Generator _,Value.Undefined _ ->
                true;
            case Value.None _,Value.Bool _,Value.Int _,Value.Real _,Value.Namespace _,Callable _ -> false;
        };
    }

    private List<Value> characters(String text) {
        budget.entries(text.length());
        List<Value> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(point -> characters.add(new Value.Text(Character.toString(point))));
        return characters;
    }

    private List<Value> drain(Iterator<Value> items) {
        List<Value> all = new ArrayList<>();
        while (items.hasNext()) {
            budget.entries(1);
            all.add(items.next());
        }
        return all;
    }
}
