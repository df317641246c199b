package io.mayfly.aws;

/** A service of AWS answers with an error, which means something else for each call. */
public final class RefusedException extends RuntimeException {

    private final transient ServiceError error;

    public RefusedException(ServiceError error) {
        super(error.toString());
        this.error = error;
    }

    public ServiceError error() {
        return error;
    }
}
