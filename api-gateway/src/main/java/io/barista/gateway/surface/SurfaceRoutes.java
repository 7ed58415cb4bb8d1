package io.barista.gateway.surface;

import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.barista.gateway.health.HealthRoutes;
import io.barista.gateway.listing.ModelRoutes;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import reactor.core.publisher.Mono;

/** What the gateway answers itself, and the 405 where a known path is asked for with a wrong method. */
final class SurfaceRoutes {

    private SurfaceRoutes() {}

    static RouterFunction<ServerResponse> build(ModelRoutes models, HealthRoutes health) {
        RouterFunctions.Builder routes = RouterFunctions.route();
        routes.GET("/v1/models", models::list).GET("/v1/models/{*id}", models::one).GET("/health", health::health)
                .GET("/ping", health::health).GET("/load", health::load).GET("/version", health::version);
        for (String path : new String[]{"/v1/models", "/v1/models/{*id}", "/health", "/ping", "/load", "/version",
            "/metrics"}) {
            routes.route(otherThan(HttpMethod.GET, path), request -> wrongMethod(request, HttpMethod.GET));
        }
        for (InferenceEndpoint endpoint : InferenceEndpoint.values()) {
            routes.route(otherThan(HttpMethod.POST, endpoint.path()), request -> wrongMethod(request, HttpMethod.POST));
        }
        String stored = "/v1/responses/{id}";
        routes.route(path(stored).and(RequestPredicates.method(HttpMethod.GET).negate())
                .and(RequestPredicates.method(HttpMethod.DELETE).negate()),
                request -> wrongMethod(request, HttpMethod.GET, HttpMethod.DELETE));
        routes.route(otherThan(HttpMethod.POST, stored + "/cancel"), request -> wrongMethod(request, HttpMethod.POST));
        return routes.build();
    }

    private static RequestPredicate otherThan(HttpMethod method, String path) {
        return path(path).and(RequestPredicates.method(method).negate());
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request, HttpMethod... allowed) {
        return Mono.error(new MethodNotAllowedException(request.method(), Set.of(allowed)));
    }
}
