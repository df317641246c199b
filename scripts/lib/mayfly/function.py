"""The function as Lambda has it."""

from botocore.exceptions import ClientError


def names(deployment):
    """What it may be called: the stack says so, else as the template names it."""
    known = deployment.stack_outputs().get("FunctionName")
    return [known] if known else [deployment.stack, f"{deployment.stack}-image"]


def configuration(deployment):
    """Its configuration; None where there is no function."""
    for name in names(deployment):
        try:
            return deployment.client("lambda").get_function_configuration(FunctionName=name)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
    return None


def variables(found):
    return (found or {}).get("Environment", {}).get("Variables", {})


def api_url(deployment):
    """The GitHub that the function speaks to, where it is deployed and does not take the default."""
    return variables(configuration(deployment)).get("MAYFLY_GITHUB_API_URL")
