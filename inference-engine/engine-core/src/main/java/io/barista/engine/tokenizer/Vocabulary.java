package io.barista.engine.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The tokens of a tokenizer.json as written there, and which of them are special. Immutable after {@link #parse}. */
final class Vocabulary {

    /** Far above any published vocabulary; keeps a broken file from allocating gigabytes. */
    private static final int LARGEST_ID = 1 << 24;

    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> tokens = new ArrayList<>();
    private final BitSet added = new BitSet();
    private final BitSet special = new BitSet();
    private TokenSpelling spelling = TokenSpelling.PLAIN;

    private Vocabulary() {}

    /**
     * Reads {@code model.vocab}, {@code added_tokens} and the kind of the {@code decoder}, and skips the rest, the merges above all.
     *
     * @throws RuntimeException when the text is not JSON of that shape
     */
    static Vocabulary parse(String tokenizerJson) {
        Vocabulary vocabulary = new Vocabulary();
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), tokenizerJson)) {
            expect(json.nextToken(), JsonToken.START_OBJECT, "the file");
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                switch (field) {
                    case "model" -> vocabulary.readModel(json, value);
                    case "added_tokens" -> vocabulary.readAddedTokens(json, value);
                    case "decoder" -> vocabulary.readDecoder(json, value);
                    default -> json.skipChildren();
                }
            }
        }
        if (vocabulary.tokens.isEmpty()) {
            throw new IllegalArgumentException("it has no model.vocab");
        }
        return vocabulary;
    }

    /** Ids go from 0 up to this. */
    int size() {
        return tokens.size();
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Empty for an id without a token. */
    String token(int id) {
        return id >= 0 && id < tokens.size() ? tokens.get(id) : "";
    }

    /** What the token stands for in the middle of a text; added tokens are written as they are. */
    byte[] bytes(int id) {
        return (added.get(id) ? TokenSpelling.PLAIN : spelling).bytes(token(id));
    }

    boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    private void readModel(JsonParser json, JsonToken value) {
        expect(value, JsonToken.START_OBJECT, "model");
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            JsonToken start = json.nextToken();
            if (!field.equals("vocab")) {
                json.skipChildren();
            } else if (start == JsonToken.START_ARRAY) {
                readScoredPieces(json);
            } else {
                readIdsByToken(json, start);
            }
        }
    }

    /** BPE, WordPiece and WordLevel: {@code {"token": id}}. */
    private void readIdsByToken(JsonParser json, JsonToken start) {
        expect(start, JsonToken.START_OBJECT, "model.vocab");
        for (String token = json.nextName(); token != null; token = json.nextName()) {
            expect(json.nextToken(), JsonToken.VALUE_NUMBER_INT, "model.vocab");
            put(token, json.getIntValue());
        }
    }

    /** Unigram: {@code [["piece", score]]}, the place in the list is the id. */
    private void readScoredPieces(JsonParser json) {
        for (int id = 0; json.nextToken() == JsonToken.START_ARRAY; id++) {
            expect(json.nextToken(), JsonToken.VALUE_STRING, "model.vocab");
            put(json.getString(), id);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                json.skipChildren();
            }
        }
    }

    private void readAddedTokens(JsonParser json, JsonToken value) {
        expect(value, JsonToken.START_ARRAY, "added_tokens");
        while (json.nextToken() == JsonToken.START_OBJECT) {
            int id = -1;
            String content = "";
            boolean isSpecial = false;
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                json.nextToken();
                switch (field) {
                    case "id" -> id = json.getIntValue();
                    case "content" -> content = json.getString();
                    case "special" -> isSpecial = json.getBooleanValue();
                    default -> json.skipChildren();
                }
            }
            put(content, id);
            added.set(id);
            special.set(id, isSpecial);
        }
    }

    /** A decoder is one step or a list of them; its types and the texts it replaces tell how tokens are spelled. */
    private void readDecoder(JsonParser json, JsonToken value) {
        if (value != JsonToken.START_OBJECT) {
            return;
        }
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING) {
                spelling = spelling.refine(json.getString());
            }
        }
    }

    private void put(String token, int id) {
        if (id < 0 || id > LARGEST_ID) {
            throw new IllegalArgumentException("token \"%s\" has the id %d".formatted(token, id));
        }
        while (tokens.size() <= id) {
            tokens.add("");
        }
        tokens.set(id, token);
        ids.put(token, id);
    }

    private static void expect(JsonToken came, JsonToken expected, String where) {
        if (came != expected) {
            throw new IllegalArgumentException("%s should be %s, was %s".formatted(where, expected, came));
        }
    }
}
