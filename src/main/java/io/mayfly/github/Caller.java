package io.mayfly.github;

/** In whose name GitHub is asked: what it allows is counted for each. */
sealed interface Caller {

    /** The app itself, by its JWT. */
    record App() implements Caller {}

    /** An installation of the app, by a token. */
    record Installed(InstallationId installation) implements Caller {}

    /** The app itself. */
    Caller APP = new App();
}
