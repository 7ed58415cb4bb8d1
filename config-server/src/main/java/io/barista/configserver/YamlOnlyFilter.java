package io.barista.configserver;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets only YAML files out, verbatim, and health. The folder a user serves may be any, a home folder too, and Spring Cloud
 * Config would hand out each file below it: keys, credentials, hidden folders.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class YamlOnlyFilter extends OncePerRequestFilter {

    private static final Pattern HEALTH = Pattern.compile("/health|/actuator/health(/.*)?");
    /** Application, profile and label, then the file. */
    private static final Pattern YAML = Pattern.compile("(/[^/]+){3}/.+\\.ya?ml", Pattern.CASE_INSENSITIVE);
    /** Spring Cloud Config reads {@code (_)} as a slash. */
    private static final Pattern HIDDEN = Pattern.compile("(/|\\(_\\))\\.");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getServletPath();
        boolean isServed = YAML.matcher(path).matches() && !HIDDEN.matcher(path).find();
        if (isServed || HEALTH.matcher(path).matches()) {
            chain.doFilter(new VerbatimRequest(request), response);
        } else {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }
}
