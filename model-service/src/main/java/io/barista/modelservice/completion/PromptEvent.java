package io.barista.modelservice.completion;

import io.barista.engine.EngineEvent;

/** @param prompt which of the request's prompts the event belongs to, from 0 */
public record PromptEvent(int prompt, EngineEvent event) {}
