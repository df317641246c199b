package io.mayfly.github;

/** In whose name GitHub is asked: what it allows is counted for each. */
sealed interface Caller {

    /** The App that GitHub sees. */
    OwnApp app();

    /** An app itself, by its JWT. */
    record App(OwnApp app) implements Caller {}

    /** An installation of an app, by a token. */
    record Installed(OwnApp app, InstallationId installation) implements Caller {}

    /** The first app itself. */
    Caller APP = new App(OwnApp.FIRST);
}
