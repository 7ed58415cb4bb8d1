package io.barista.loraregistry;

import io.barista.openai.error.ErrorBody;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.OpenAiJson;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** With {@code BARISTA_API_KEY} set, everything but health wants {@code Authorization: Bearer KEY}. */
@Component
final class ApiKeyFilter extends OncePerRequestFilter {

    private final byte[] expected;
    private final OpenAiJson json = new OpenAiJson();

    ApiKeyFilter(@Value("${BARISTA_API_KEY:}") String key) {
        this.expected = key.isEmpty() ? new byte[0] : ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return expected.length == 0 || path.equals("/health") || path.startsWith("/actuator/health");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader("Authorization");
        if (given != null && MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8))) {
            chain.doFilter(request, response);
        } else {
            response.setHeader("WWW-Authenticate", "Bearer");
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            response.setContentType("application/json");
            response.getOutputStream().write(json.write(ErrorBody.of(ErrorCode.INVALID_API_KEY,
                    "An API key is required. Send it as 'Authorization: Bearer KEY'.", null)));
        }
    }
}
