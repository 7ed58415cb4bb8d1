package io.barista.engine.grammar.automaton;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which rules can come back to themselves. */
final class Recursion {

    private final Map<String, Set<String>> callees;

    Recursion(Map<String, Set<String>> callees) {
        this.callees = callees;
    }

    /** Every rule on a cycle or between two: what is left without those that lead to none and those that none leads to. */
    Set<String> rules() {
        Map<String, Set<String>> callers = new HashMap<>();
        callees.forEach((caller, called) -> called
                .forEach(rule -> callers.computeIfAbsent(rule, _ -> new HashSet<>()).add(caller)));
        Set<String> left = new HashSet<>(callees.keySet());
        prune(left, callees, callers);
        prune(left, callers, callees);
        return left;
    }

    /** Takes out, again and again, the rules without a way forward. */
    private static void prune(Set<String> left, Map<String, Set<String>> forward, Map<String, Set<String>> backward) {
        Deque<String> candidates = new ArrayDeque<>(left);
        while (!candidates.isEmpty()) {
            String rule = candidates.poll();
            if (left.contains(rule) && forward.getOrDefault(rule, Set.of()).stream().noneMatch(left::contains)) {
                left.remove(rule);
                candidates.addAll(backward.getOrDefault(rule, Set.of()));
            }
        }
    }
}
