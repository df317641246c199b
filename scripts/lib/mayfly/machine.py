"""`--json` of commands that change something: what people read meanwhile goes to standard error, and the result alone to standard output."""

import contextlib
import json
import sys


def add_argument(parser):
    parser.add_argument("--json", action="store_true", help="the result as one JSON object; all else goes to standard error")


@contextlib.contextmanager
def result(deployment, arguments):
    """A dictionary to be filled in; it is printed when the command has come to its end, and only then."""
    found = {"deployment": deployment.name, "region": deployment.region}
    if not getattr(arguments, "json", False):
        yield found
        return
    with contextlib.redirect_stdout(sys.stderr):
        yield found
    print(json.dumps(found, indent=2))
