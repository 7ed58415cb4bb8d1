package io.barista.engine.chat.jinja;

/** Python's operations on values, for one rendering. */
final class Python {

    final Budget budget;
    final PythonText texts;
    final Iteration iteration;
    final Comparisons comparisons;
    final Arithmetic arithmetic;
    final CollectionMethods collections;
    final Access access;

    Python(Budget budget) {
        this.budget = budget;
        this.texts = new PythonText(budget);
        this.iteration = new Iteration(budget);
        this.comparisons = new Comparisons(budget, iteration);
        this.arithmetic = new Arithmetic(budget, texts);
        this.collections = new CollectionMethods(budget, comparisons);
        this.access = new Access(budget, new StringMethods(budget, iteration, new BraceFormat(budget, texts)),
                collections);
    }

    /** {@code str(value)} */
    String str(Value value) {
        return texts.str(value);
    }
}
