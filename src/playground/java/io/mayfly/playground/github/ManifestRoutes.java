package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The pages on which a person lets an app be made from a manifest, and the exchange of the code that follows. */
final class ManifestRoutes {

    private static final Route.Access ANYBODY = new Route.Access.Anybody();
    private static final String PERSON = "octocat";

    private final Manifests manifests;

    ManifestRoutes(Manifests manifests) {
        this.manifests = manifests;
    }

    List<Route> routes() {
        String person = "/settings/apps/new";
        String organization = "/organizations/{owner}/settings/apps/new";
        return List.of(
                // A browser asks for it beside any answer that is no page of ours, a refusal too.
                Route.of("icon", "GET", "/favicon.ico", ANYBODY, visit -> new ServerResponse(204, Map.of(), "")),
                Route.of("new-app", "POST", person, ANYBODY, this::show),
                Route.of("new-app", "POST", organization, ANYBODY, this::show),
                Route.of("confirm-app", "POST", person + "/confirm", ANYBODY, this::confirm),
                Route.of("confirm-app", "POST", organization + "/confirm", ANYBODY, this::confirm),
                Route.of("get-user", "GET", "/users/{name}", ANYBODY, this::user),
                Route.of("convert-manifest", "POST", "/app-manifests/{code}/conversions", ANYBODY, this::convert));
    }

    private ServerResponse show(Route.Visit visit) {
        String owner = owner(visit);
        manifest(visit);
        String html = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Create GitHub App (emulated)</title>
            <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><main><h1>Create GitHub App for @%s</h1>
            <form method="post" action="%s/confirm?state=%s"><input type="hidden" name="manifest" value="%s">
            <button>Create GitHub App</button></form></main></html>
            """.formatted(
                        owner,
                        visit.request().path(),
                        URLEncoder.encode(state(visit), StandardCharsets.UTF_8),
                        escape(form(visit).getOrDefault("manifest", "")));
        return new ServerResponse(200, Map.of("Content-Type", "text/html; charset=utf-8"), html);
    }

    private ServerResponse confirm(Route.Visit visit) {
        JsonNode manifest = manifest(visit);
        String code = manifests.register(owner(visit), manifest);
        String state = URLEncoder.encode(state(visit), StandardCharsets.UTF_8);
        String target = manifest.path("redirect_url").asText() + "?code=" + code + "&state=" + state;
        return new ServerResponse(302, Map.of("Location", target), "");
    }

    private ServerResponse convert(Route.Visit visit) {
        return ServerResponse.json(
                201, manifests.convert(visit.variable("code"), visit.request().origin()));
    }

    /** A person, or an organization that the person owns. */
    private ServerResponse user(Route.Visit visit) {
        String name = visit.variable("name");
        if (!name.equalsIgnoreCase(PERSON) && !manifests.owns(name.toLowerCase(Locale.ROOT))) {
            throw GitHubError.notFound();
        }
        return ServerResponse.json(
                200,
                Map.of(
                        "login",
                        name.toLowerCase(Locale.ROOT),
                        "type",
                        name.equalsIgnoreCase(PERSON) ? "User" : "Organization"));
    }

    /** Who is no owner of an organization is told that it has no such page. */
    private String owner(Route.Visit visit) {
        String organization = visit.variables().getOrDefault("owner", "");
        if (organization.isEmpty()) {
            return PERSON;
        }
        if (!manifests.owns(organization)) {
            throw GitHubError.notFound();
        }
        return organization;
    }

    private static JsonNode manifest(Route.Visit visit) {
        JsonNode manifest = Json.object(form(visit).getOrDefault("manifest", ""))
                .orElseThrow(() -> new GitHubError(400, "Invalid GitHub App manifest"));
        boolean usable = manifest.path("url").isTextual()
                && manifest.path("redirect_url").isTextual()
                && (!manifest.has("hook_attributes")
                        || manifest.path("hook_attributes").path("url").asText().startsWith("https://"));
        if (!usable) {
            throw new GitHubError(422, "Invalid GitHub App manifest");
        }
        return manifest;
    }

    private static Map<String, String> form(Route.Visit visit) {
        return ServerRequest.form(visit.request().body());
    }

    private static String state(Route.Visit visit) {
        return visit.request().query().getOrDefault("state", "");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}
