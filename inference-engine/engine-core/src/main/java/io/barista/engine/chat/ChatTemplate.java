package io.barista.engine.chat;

import io.barista.engine.chat.jinja.JinjaException;
import io.barista.engine.chat.jinja.JinjaLimits;
import io.barista.engine.chat.jinja.JinjaTemplate;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model's chat template, compiled once. Immutable and thread-safe. */
public final class ChatTemplate {

    private final JinjaTemplate template;
    private final Map<String, Object> specialTokens;
    private final Clock clock;
    private final TemplateMessages messages;

    private ChatTemplate(JinjaTemplate template, boolean knowsDeveloper, Map<String, Object> specialTokens,
            Clock clock) {
        this.template = template;
        this.specialTokens = Map.copyOf(specialTokens);
        this.clock = clock;
        this.messages = new TemplateMessages(template.iteratesOver("content"), knowsDeveloper);
    }

    /**
     * @param specialTokens template variables such as {@code bos_token}
     * @throws ChatTemplateException when the source is no template, with the line
     */
    public static ChatTemplate compile(String source, Map<String, Object> specialTokens) {
        return compile(source, specialTokens, Clock.systemDefaultZone());
    }

    /** @param clock what {@code strftime_now} reads */
    public static ChatTemplate compile(String source, Map<String, Object> specialTokens, Clock clock) {
        try {
            return new ChatTemplate(JinjaTemplate.compile(source), source.contains("developer"), specialTokens, clock);
        } catch (JinjaException broken) {
            throw new ChatTemplateException(broken.getMessage(), false, broken);
        }
    }

    /**
     * The prompt for a request. What clients send is first put into the form that templates expect, as vLLM does:
     * <ul>
     * <li>content that is absent or null becomes empty text, and content parts become one text, a line each, unless the template goes
     * through parts itself;
     * <li>the role {@code developer} becomes {@code system} if the template does not know it;
     * <li>tool call arguments that are JSON text become objects, and an empty list of tool calls goes;
     * <li>{@code reasoning} and {@code reasoning_content} of a message are the same;
     * <li>if the template refuses several system messages, they are joined into one at the start.
     * </ul>
     * With {@code continueFinalMessage} the prompt ends with the last message's text, so that the model goes on with it.
     *
     * @throws ChatTemplateException when the template refuses the messages or cannot render them
     */
    public String render(ChatInput input) {
        ChatInput prepared = messages.prepare(input);
        try {
            return renderUnchanged(prepared);
        } catch (ChatTemplateException refused) {
            if (!refused.isRefusal() || !SystemMessages.areSeveral(prepared.messages())) {
                throw refused;
            }
            return renderUnchanged(SystemMessages.joined(prepared));
        }
    }

    /** The prompt for messages exactly as they are, as Hugging Face's {@code apply_chat_template} renders it. */
    public String renderUnchanged(ChatInput input) {
        Map<String, @Nullable Object> variables = new HashMap<>(specialTokens);
        variables.put("documents", null);
        variables.putAll(input.kwargs());
        variables.put("messages", input.messages());
        variables.put("tools", input.tools());
        variables.put("add_generation_prompt", input.addGenerationPrompt());
        try {
            String prompt = template.render(variables, () -> LocalDateTime.now(clock), JinjaLimits.DEFAULT);
            return input.continueFinalMessage() ? FinalMessage.cut(prompt, input.messages()) : prompt;
        } catch (JinjaException failure) {
            throw new ChatTemplateException(failure.getMessage(), failure.kind() == JinjaException.Kind.REFUSED,
                    failure);
        }
    }
}
