package io.barista.engine.grammar;

import io.barista.engine.grammar.automaton.Automaton;

/**
 * A grammar over one vocabulary, with the masks of its states: those of the first states from the beginning, the others when they are
 * first reached. Thread-safe; one is shared by all requests that use the grammar.
 */
public final class CompiledGrammar {

    private final Automaton automaton;
    private final TokenVocabulary vocabulary;
    private final MaskTable masks;

    CompiledGrammar(Automaton automaton, TokenVocabulary vocabulary, MaskTable masks) {
        this.automaton = automaton;
        this.vocabulary = vocabulary;
        this.masks = masks;
    }

    /** A reader of one output. */
    public GrammarMatcher newMatcher() {
        return new GrammarMatcher(this);
    }

    /** Longs of a mask with a bit for each token. */
    public int maskWords() {
        return vocabulary.words();
    }

    Automaton automaton() {
        return automaton;
    }

    TokenVocabulary vocabulary() {
        return vocabulary;
    }

    StateMask mask(int state, VocabularyWalk walk) {
        StateMask known = masks.find(state);
        if (known != null) {
            return known;
        }
        StateMask found = walk.mask(state);
        masks.put(state, found);
        return found;
    }
}
