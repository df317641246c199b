package io.mayfly.lambda;

/** Makes an invocation a function error, which Lambda counts, and hands to the failure queue of an asynchronous one. */
class FunctionErrorException extends RuntimeException {

    FunctionErrorException(String message) {
        super(message);
    }
}
