"""What a failure of AWS' SDK means for the operator: one sentence, with the cure."""

import difflib

from botocore import exceptions

from .problem import Problem

NO_CREDENTIALS = "no AWS credentials are set. Export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
# What the services say of credentials that they do not take.
NOT_TAKEN = {
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException", "InvalidAccessKeyId",
    "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken", "RequestExpired", "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
SIGN_IN = (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.UnauthorizedSSOTokenError, exceptions.SSOTokenLoadError)
NO_ANSWER = (exceptions.HTTPClientError, exceptions.EndpointConnectionError, exceptions.ConnectionError)


def said(failure, region=None):
    """The sentence, without the word error."""
    where = region or "the region that is set"
    if isinstance(failure, exceptions.ClientError):
        return refused(failure, where)
    if isinstance(failure, (exceptions.NoCredentialsError, exceptions.PartialCredentialsError)):
        return NO_CREDENTIALS
    if isinstance(failure, exceptions.ProfileNotFound):
        return f"{failure}: AWS_PROFILE names one of `aws configure list-profiles`"
    if isinstance(failure, SIGN_IN):
        return f"the session of AWS' single sign-on is over: aws sso login ({failure})"
    if isinstance(failure, (exceptions.InvalidRegionError, exceptions.UnknownEndpointError, exceptions.UnknownRegionError)):
        return no_region(where)
    if isinstance(failure, NO_ANSWER):
        return no_region(where) if region and not is_known(region) else f"AWS can't be reached in {where}: {failure}"
    return str(failure)


def refused(failure, where):
    code = failure.response["Error"]["Code"]
    # That of Parameter Store's validation quotes the value.
    message = "" if code == "ValidationException" else f": {failure.response['Error'].get('Message', '')}"
    if code in NOT_TAKEN:
        return f"AWS does not accept the credentials in {where} ({code}{message}). Sign in anew; or the region is not enabled for the account"
    if code in REFUSED:
        return f"the identity may not do {failure.operation_name} ({code}{message}). docs/reference.md, Operator's commands, has what each command needs"
    return f"{failure.operation_name} was refused, {code}{message}"


def regions():
    """All that this SDK knows."""
    import boto3

    session = boto3.Session()
    return [region for partition in session.get_available_partitions() for region in session.get_available_regions("ec2", partition)]


def is_known(region):
    return region in regions()


def no_region(region):
    near = difflib.get_close_matches(region, regions(), 1)
    return f"there is no region {region}" + (f": did you mean {near[0]}?" if near else ". AWS_REGION=eu-central-1 is one")


def problem(failure, region=None):
    return Problem(said(failure, region))
