package io.barista.engine.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The methods of dicts, lists, tuples and numbers that change nothing. */
final class CollectionMethods {

    private final Budget budget;
    private final Comparisons comparisons;

    CollectionMethods(Budget budget, Comparisons comparisons) {
        this.budget = budget;
        this.comparisons = comparisons;
    }

    Optional<Value> find(Value target, String name) {
        return switch (target) {
            case Value.Dict dict -> dictMethod(dict, name);
            case Value.ListValue(List<Value> items) -> sequenceMethod(target, items, name);
            case Value.Tuple tuple -> sequenceMethod(target, tuple.items(), name);
            case Value.Real(double number) when name.equals("is_integer") -> Optional
                    .of(Function.constant(name, _ -> Value.Bool.of(number == Math.rint(number)), target));
            default -> Optional.empty();
        };
    }

    private Optional<Value> dictMethod(Value.Dict dict, String name) {
        return switch (name) {
            case "get" -> Optional.of(new Function(name, arguments -> {
                Arguments.Bound bound = arguments.bind(name, "key", "default");
                Value value = dict.get(bound.required(0));
                return value == null ? bound.get(1, Value.None.NONE) : value;
            }));
            case "items" -> Optional.of(Function.constant(name, _ -> items(dict), dict));
            case "keys" -> Optional.of(Function.constant(name,
                    _ -> new Value.View("dict_keys", List.copyOf(dict.entries().keySet())), dict));
            case "values" -> Optional.of(Function.constant(name,
                    _ -> new Value.View("dict_values", List.copyOf(dict.entries().values())), dict));
            case "copy" -> Optional.of(Function.constant(name, copied -> copied, dict));
            default -> Optional.empty();
        };
    }

    Value.View items(Value.Dict dict) {
        budget.entries(dict.entries().size());
        return new Value.View("dict_items", dict.entries().entrySet().stream().map(CollectionMethods::pair).toList());
    }

    private static Value pair(Map.Entry<Value, Value> entry) {
        return Value.Tuple.of(entry.getKey(), entry.getValue());
    }

    private Optional<Value> sequenceMethod(Value target, List<Value> items, String name) {
        return switch (name) {
            case "count" -> Optional.of(new Function(name, arguments -> {
                Value wanted = arguments.bind(name, "value").required(0);
                return Value.Int.of(items.stream().filter(item -> comparisons.equal(item, wanted)).count());
            }));
            case "index" -> Optional.of(new Function(name, arguments -> {
                Value wanted = arguments.bind(name, "value").required(0);
                for (int i = 0; i < items.size(); i++) {
                    if (comparisons.equal(items.get(i), wanted)) {
                        return Value.Int.of(i);
                    }
                }
                throw JinjaException.runtime("the value is not in the %s", target.typeName());
            }));
            case "copy" -> target instanceof Value.ListValue
                    ? Optional.of(Function.constant(name, copied -> copied, target))
                    : Optional.empty();
            default -> Optional.empty();
        };
    }
}
