package io.mayfly.github;

import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.ExceptionMessage;
import io.mayfly.fuzz.Input;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.IgnoredException;
import io.mayfly.outcome.UnavailableException;
import java.time.Instant;
import java.util.List;

/** GitHub's answers: each call ends with what it promises, or a documented exception, and asks only for what is its own. */
public final class GitHubAnswersFuzz {

    private static final RepositoryName REPOSITORY = new RepositoryName("octo-org", "octo-repo");
    private static final InstallationId ID = new InstallationId(1);
    private static final InstalledScope SCOPE = new InstalledScope(new Scope.OfRepository(REPOSITORY), ID);
    private static final RunnerId RUNNER = new RunnerId(1);
    private static final Installation INSTALLATION = new Installation(ID, new Login("octo-org"), false);

    private GitHubAnswersFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: which call, GitHub's answers (the first is that to the minting of a token, where one is needed). */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var application = Application.answered(input, 1);
        try {
            CallBudget.of(60).spend(() -> {
                call(application, input.offering(0, 9));
                return "";
            });
        } catch (RateLimitedException e) {
            ExceptionMessage.check(e.getMessage());
            if (e.retryAfter().isNegative() || e.retryAfter().toHours() > 1) {
                throw new AssertionError("a wait of " + e.retryAfter(), e);
            }
        } catch (UnavailableException | ConfigurationException | IgnoredException e) {
            ExceptionMessage.check(e.getMessage());
        }
    }

    private static void call(Application application, int offering) {
        var deadline = application.deadline();
        var runners = application.bean(Runners.class);
        switch (offering) {
            case 0 -> {
                if (runners.register(SCOPE, "mayfly-1-1", 1, List.of("linux"), deadline)
                                instanceof Registration.Registered registered
                        && !registered.runner().name().equals("mayfly-1-1")) {
                    throw new AssertionError("another runner's configuration");
                }
            }
            case 1 -> runners.get(SCOPE, RUNNER, deadline);
            case 2 -> runners.find(SCOPE, "mayfly-1-1", deadline);
            case 3 -> runners.list(SCOPE, deadline);
            case 4 -> runners.deregister(SCOPE, new OwnRunner(RUNNER, "mayfly-1-1"), deadline);
            case 5 -> application.bean(Deliveries.class).newest(Instant.EPOCH, 5, Instant.EPOCH, 6, deadline);
            case 6 -> application.bean(Installations.class).all(deadline);
            default -> {
                var found = application.bean(Installations.class).repositories(INSTALLATION, SCOPE.scope(), deadline);
                for (var repository : found.entries()) {
                    application.bean(Jobs.class).unfinished(repository.fullName(), SCOPE, 0, true, deadline);
                }
            }
        }
    }
}
