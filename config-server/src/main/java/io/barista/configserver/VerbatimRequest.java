package io.barista.configserver;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that asks for placeholders as they are written, unless it says otherwise. Spring's default is to put values
 * of the server's own environment in the place of <code>${...}</code>, and it has no property to turn that off.
 */
final class VerbatimRequest extends HttpServletRequestWrapper {

    private static final String RESOLVE = "resolvePlaceholders";
    private static final String NO = "false";

    VerbatimRequest(HttpServletRequest request) {
        super(request);
    }

    @Override
    public @Nullable String getParameter(String name) {
        String given = super.getParameter(name);
        return given == null && name.equals(RESOLVE) ? NO : given;
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        String[] given = super.getParameterValues(name);
        return given == null && name.equals(RESOLVE) ? new String[]{NO} : given;
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        Map<String, String[]> parameters = new HashMap<>(super.getParameterMap());
        parameters.putIfAbsent(RESOLVE, new String[]{NO});
        return parameters;
    }
}
