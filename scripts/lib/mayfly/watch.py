"""`status --watch`: the same look again and again, until Ctrl-C."""

import argparse
import contextlib
import datetime
import io
import json
import os
import re
import shutil
import signal
import sys
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError

from . import failures, github
from .github import Refused, Unreachable
from .problem import Problem
from .table import coloured, plain, shorten

USUAL, LEAST, MOST = 10, 2, 3600
# Calls to GitHub a minute, in the mean: what a look has taken, the next one waits for. The App's 5,000 an hour are the function's.
CALLS = 30
FAILURES = (ClientError, BotoCoreError, Refused, Unreachable, Problem, OSError)
HIDE, SHOW = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def interval(text):
    if not re.fullmatch(r"[0-9]{1,4}", text) or not LEAST <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"a number of seconds from {LEAST} to {MOST}")
    return int(text)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Picture(io.StringIO):
    """What is printed meanwhile, coloured as the terminal would have it."""

    def isatty(self):
        return True


class Watch:
    """`look(without_github, time)` gives what was found, `show(found)` prints it."""

    def __init__(self, look, show, seconds, as_json=False, without_github=False, region=None):
        self.look, self.show, self.seconds, self.as_json, self.without_github, self.region = look, show, seconds, as_json, without_github, region
        self.terminal = not as_json and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.found, self.error, self.jobs, self.ask_github_at = None, None, None, 0.0
        self.resized = threading.Event()

    def run(self):
        """0: it ends when somebody ends it."""
        before = signal.getsignal(signal.SIGWINCH)
        try:
            if self.terminal:
                signal.signal(signal.SIGWINCH, lambda *_: self.resized.set())
                self.write(HIDE + "\x1b[Hlooking …")
            while True:
                begun = time.monotonic()
                self.once()
                self.wait(max(1.0, self.seconds - (time.monotonic() - begun)))
        except KeyboardInterrupt:
            return 0
        finally:
            if self.terminal:
                signal.signal(signal.SIGWINCH, before)
                self.write(SHOW)
                # The last picture stays where the others were not.
                if self.found is not None:
                    self.show(self.found)

    def once(self):
        self.error = None
        try:
            self.found = self.again()
        except FAILURES as failure:
            if isinstance(failure, BrokenPipeError):
                raise
            self.error = failures.said(failure, self.region) if isinstance(failure, (ClientError, BotoCoreError)) else str(failure)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as failure:
            # One answer that is not as documented is no reason to look no more.
            self.error = f"an answer was not understood ({type(failure).__name__}: {failure})"
        self.print()

    def again(self):
        """Instances each time; jobs when GitHub may be asked again, and until then as they were."""
        if self.without_github:
            return self.look(True, now())
        if time.monotonic() < self.ask_github_at:
            found = self.look(True, now())
            if self.jobs is None:
                found["unknown"].append("jobs: GitHub is asked again within a minute")
                return found
            for name in ("paused", "waiting", "others", "unknown", "jobsSeen"):
                found[name] = self.jobs[name]
            served = {each["id"]: each for each in self.jobs["instances"]}
            for each in found["instances"]:
                if each["id"] in served:
                    each["job"], each["url"] = served[each["id"]]["job"], served[each["id"]]["url"]
            return found
        before = github.Calls.made
        try:
            found = self.look(False, now())
        finally:
            self.ask_github_at = time.monotonic() + (github.Calls.made - before) * 60 / CALLS
        found["jobsSeen"] = found["time"]
        self.jobs = found
        return found

    def wait(self, seconds):
        """A window of another size is filled at once."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.resized.wait(left):
                self.resized.clear()
                self.print()

    def print(self):
        if self.as_json:
            print(json.dumps(self.found if self.error is None else {"time": now().isoformat(timespec="seconds"), "error": self.error}), flush=True)
        elif self.terminal:
            self.write(self.picture())
        elif self.error is not None:
            print(f"{now().isoformat(timespec='seconds')} error: {plain(self.error)}", file=sys.stderr, flush=True)
        else:
            print(self.found["time"])
            self.show(self.found)
            print(flush=True)

    def picture(self):
        columns, rows = shutil.get_terminal_size((100, 24))
        text = Picture()
        with contextlib.redirect_stdout(text):
            print(coloured(shorten(self.head(), columns), "dim"))
            if self.error is not None:
                print(coloured(shorten(f"not looked at: {plain(self.error)}", columns), "red"))
            if self.found is not None:
                self.show(self.found)
        lines = [cut(line, columns) for line in text.getvalue().splitlines()]
        if len(lines) > rows:
            lines = [*lines[:rows - 1], shorten(f"… {len(lines) - rows + 1} lines more: a higher window, or status without --watch", columns)]
        # Over what is there, so that nothing flickers; what a line leaves of the one before goes.
        return "\x1b[H" + "\n".join(line + "\x1b[K" for line in lines) + "\x1b[J"

    def head(self):
        said = f"{now().strftime('%H:%M:%S')} UTC, every {self.seconds} s, Ctrl-C ends it"
        if self.found is not None and self.found.get("jobsSeen") not in (None, self.found["time"]):
            said += f"; jobs as of {self.found['jobsSeen'][11:19]}"
        return said

    @staticmethod
    def write(text):
        sys.stdout.write(text)
        sys.stdout.flush()


def cut(line, columns):
    """To the width that is seen; a line that is too long loses its colours."""
    bare = ESCAPE.sub("", line)
    return line if len(bare) <= columns else shorten(bare, columns)
