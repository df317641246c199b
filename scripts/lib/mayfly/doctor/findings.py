"""What the doctor has found. What it could not look at is never called fine."""

import contextlib

from botocore.exceptions import BotoCoreError, ClientError

from .. import failures
from ..github import Refused, Unreachable
from ..problem import Problem

OK, WARNING, WRONG, UNKNOWN = "ok", "warning", "wrong", "could not check"
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "UnrecognizedClientException", "ExpiredToken",
          "ExpiredTokenException", "InvalidClientTokenId", "AuthFailure")


class Findings:
    """In the order of looking."""

    def __init__(self, region=None):
        self.all, self.region = [], region

    def add(self, level, area, text, cure=None):
        self.all.append({"level": level, "area": area, "text": text, "cure": cure})

    def ok(self, area, text):
        self.add(OK, area, text)

    def warning(self, area, text, cure):
        self.add(WARNING, area, text, cure)

    def wrong(self, area, text, cure):
        self.add(WRONG, area, text, cure)

    def unknown(self, area, text, cure=None):
        self.add(UNKNOWN, area, text, cure)

    @contextlib.contextmanager
    def looking(self, area, what):
        """Turns a call that was refused, or got no answer, into "could not check"."""
        try:
            yield
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            call = f"{refusal.operation_name} was refused, {code}"
            cure = "who runs the doctor needs the permission: docs/reference.md, Operator's commands" if code in DENIED else None
            self.unknown(area, f"{what}: {call}", cure)
        except BotoCoreError as failure:
            self.unknown(area, f"{what}: {failures.said(failure, self.region)}")
        except (Refused, Unreachable, Problem) as failure:
            self.unknown(area, f"{what}: {failure}")
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as failure:
            # One answer that is not as documented must not keep the doctor from the rest.
            self.unknown(area, f"{what}: an answer was not understood ({type(failure).__name__}: {failure})", "please report it")

    def count(self, level):
        return sum(each["level"] == level for each in self.all)

    @property
    def exit_code(self):
        """0: all is fine, perhaps with warnings; 1: something is wrong; 2: nothing wrong was seen, but not everything."""
        return 1 if self.count(WRONG) else 2 if self.count(UNKNOWN) else 0


def code_of(refusal):
    return refusal.response["Error"]["Code"]
