"""The tag by which an operator keeps an instance after its job: until when, and who. docs/reference.md, EC2 tags, has its form."""

import argparse
import datetime
import re

TAG = "mayfly:hold"
# Also boot.sh's, and the function's.
LONGEST = 4 * 3600
USUAL = "1h"
DURATION = re.compile(r"([0-9]{1,6})([smh])")
UNITS = {"s": 1, "m": 60, "h": 3600}
# As the function reads it.
VALUE = re.compile(r"([0-9]{1,12})(?: (.*))?", re.ASCII)
TIMEOUTS = re.compile(r"([0-9]{1,6})/([0-9]{1,6})/([0-9]{1,6})", re.ASCII)


def seconds(text):
    """A type of argparse's: 30m, 2h."""
    found = DURATION.fullmatch(text)
    if not found or not 0 < int(found[1]) * UNITS[found[2]] <= LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 30m or 2h, at most {LONGEST // 3600}h")
    return int(found[1]) * UNITS[found[2]]


def value(until, who):
    """Of the tag. AWS takes 256 characters, and in tags' values not all that may be in a name."""
    return f"{int(until.timestamp())} {re.sub('[^A-Za-z0-9 _.:/=+@-]', '_', who)[:200]}"


def hard_limit(instance, tags):
    """When it ends whatever it does; None where its tag does not say."""
    limits = TIMEOUTS.fullmatch(tags.get("mayfly:timeouts", ""))
    return instance["LaunchTime"] + datetime.timedelta(seconds=int(limits[3])) if limits else None


def read(instance, tags, now):
    """Until when it is held, and by whom; (None, None) where it is not. Whoever may write tags may have written it."""
    found, limit = VALUE.fullmatch(tags.get(TAG, "")), hard_limit(instance, tags)
    if not found or limit is None:
        return None, None
    most = now + datetime.timedelta(seconds=LONGEST)
    told = int(found[1])
    until = min(most if told >= most.timestamp() else datetime.datetime.fromtimestamp(told, datetime.timezone.utc), limit)
    return (until, found[2] or None) if until > now else (None, None)
