package io.mayfly.ec2;

import io.mayfly.aws.AwsClients;
import io.mayfly.aws.ServiceError;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.time.Duration;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** Calls of EC2, and what their failures mean whatever was called. */
final class Ec2Calls {

    private static final Logger LOG = Logger.getLogger(Ec2Calls.class);
    private static final Duration THROTTLED_FOR = Duration.ofSeconds(5);

    private final AwsClients clients;
    private @Nullable Ec2Client client;

    Ec2Calls(AwsClients clients) {
        this.clients = clients;
    }

    /** A failure that EC2 has answered, for those who know more of it than {@link #failed}. */
    static final class RefusedException extends RuntimeException {

        private final transient ServiceError error;

        RefusedException(ServiceError error) {
            super(error.toString());
            this.error = error;
        }

        ServiceError error() {
            return error;
        }
    }

    /**
     * Makes a call.
     *
     * @throws RefusedException when EC2 answers with an error
     * @throws UnavailableException when it does not answer
     */
    <T> T ask(String action, Duration limit, Function<Ec2Client, T> call) {
        try {
            return clients.within(limit, () -> call.apply(client()));
        } catch (AwsServiceException e) {
            throw new RefusedException(ServiceError.of(e));
        } catch (SdkClientException e) {
            LOG.warnf("no answer from EC2 to %s why=%s", action, e.getMessage());
            throw new UnavailableException("EC2 did not answer " + action);
        }
    }

    /** Makes a call of which every refusal is a failure. */
    <T> T make(String action, Duration limit, Function<Ec2Client, T> call) {
        try {
            return ask(action, limit, call);
        } catch (RefusedException e) {
            throw failed(action, e.error());
        }
    }

    /** What a refusal means to those who can't do without the answer. */
    static RuntimeException failed(String action, ServiceError error) {
        return switch (Ec2Error.of(error.code(), error.status())) {
            case THROTTLED -> new UnavailableException("EC2 throttled " + action + ": " + error, THROTTLED_FOR);
            case CONFIGURATION, UNSUITABLE -> {
                var what = "EC2 refused " + action + ": " + error;
                var permission = error.permission() == null ? "ec2:" + action : error.permission();
                yield error.code().equals("UnauthorizedOperation")
                        ? new ConfigurationException("IAM permission " + permission, what)
                        : new ConfigurationException(what);
            }
            case CAPACITY, QUOTA, LAUNCHED_BEFORE, UNCERTAIN ->
                new UnavailableException("EC2 failed on " + action + ": " + error);
        };
    }

    private synchronized Ec2Client client() {
        if (client == null) {
            client = clients.configure(Ec2Client.builder(), "EC2", new AnswerFilter());
        }
        return client;
    }
}
