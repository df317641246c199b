"""Where Mayfly can run: a region has to have function URLs."""

import difflib

from . import failures
from .problem import Problem

# docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html, November 2026. A region that is not here and has none is told by the stack.
WITHOUT_FUNCTION_URLS = {
    "ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-east-2", "ca-west-1", "eu-south-2", "eu-central-2",
    "il-central-1", "me-central-1",
}


def check(region):
    """Raises Problem where Mayfly can't run there."""
    if region in WITHOUT_FUNCTION_URLS:
        here = region.partition("-")[0]
        near = [each for each in failures.regions() if each.startswith(here) and each not in WITHOUT_FUNCTION_URLS]
        raise Problem(f"Lambda has no function URLs in {region}, and the webhook goes to one" + (f": take one of {', '.join(sorted(set(near))[:4])}" if near else ""))
    if not failures.is_known(region):
        near = difflib.get_close_matches(region, failures.regions(), 1)
        raise Problem(f"there is no region {region}" + (f": did you mean {near[0]}?" if near else ""))
    return region
