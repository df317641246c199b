"""What a long command shows of its steps: which, how long it usually takes, how long it took, and where the rest is written."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

from .deployment import ROOT
from .problem import Problem
from .table import age, coloured, plain, shorten, width

TICK, MOMENT = 1.0, 2.0
# How many of a failed program's last lines are shown; all are in the log.
LAST = 12


class Progress:
    """The steps of one command, with a log beside them."""

    def __init__(self, log, many):
        self.log, self.many, self.number = log, many, 0
        log.parent.mkdir(parents=True, exist_ok=True)
        # Programs say nothing secret, but it is the operator's own account all the same.
        os.close(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        self.seen = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.line = ""

    @contextlib.contextmanager
    def step(self, title, usual=None, still=False):
        """One step. Its outcome is what it puts into `said`, or that it is done. A still one has no line that moves: it prints, or asks."""
        self.number += 1
        print(f"[{self.number}/{self.many}] {title}{coloured(f' (usually {usual})', 'dim') if usual else ''}", flush=True)
        begun, outcome = time.monotonic(), Outcome()
        over = threading.Event()
        clock = threading.Thread(target=self.tick, args=(begun, over), daemon=True)
        if self.seen and not still:
            clock.start()
        try:
            yield outcome
        except BaseException:
            self.end(over, clock)
            print(f"      not finished after {age(time.monotonic() - begun)}", flush=True)
            raise
        self.end(over, clock)
        took = time.monotonic() - begun
        print(f"      {coloured(outcome.said or 'done', 'green')}{f' in {age(took)}' if took >= 2 else ''}", flush=True)

    def end(self, over, clock):
        over.set()
        if clock.is_alive():
            clock.join()
            sys.stdout.write("\r\x1b[K")
        self.line = ""

    def tick(self, begun, over):
        """The line that moves, at a terminal alone."""
        while not over.wait(TICK):
            sys.stdout.write("\r\x1b[K" + shorten(f"      {age(time.monotonic() - begun)}  {plain(self.line)}", width() - 1))
            sys.stdout.flush()

    def say(self, text):
        """What happens just now; where nobody sees the line that moves, it goes to the log alone."""
        if text != self.line:
            self.write(text)
        self.line = text

    def write(self, text):
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(text + "\n")

    def run(self, command, environment, cure=None):
        """Runs a program to its end, with what it says in the log. Raises Problem with its last lines where it fails.

        It gets a session of its own: a Ctrl-C at the terminal reaches it once, by us, for Terraform takes a second one as the wish to give
        its state up. And where this process is killed it goes on to its end, so that no lock stays behind.
        """
        self.write(f"$ {' '.join(command)}")
        last = []
        with open(self.log, "a", encoding="utf-8") as log, subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                start_new_session=True) as program:
            try:
                for line in program.stdout:
                    log.write(line)
                    log.flush()
                    last = [*last[-40:], line.rstrip()]
                    self.line = line.strip() or self.line
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGINT)
                self.line = "stopping, when what was begun is done"
                for line in program.stdout:
                    log.write(line)
                program.wait()
                raise
        if program.returncode:
            raise Problem("\n       ".join([f"{shown(command[0])} failed:", *telling(last), f"All of it is in {shown(self.log)}.", *([cure(last)] if cure and cure(last) else [])]))
        return last


@contextlib.contextmanager
def looking():
    """A line that moves where a look takes longer than a moment and somebody sees it; it goes to standard error, and away again."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        yield
        return
    begun, over = time.monotonic(), threading.Event()

    def tick():
        while not over.wait(TICK):
            if time.monotonic() - begun >= MOMENT:
                sys.stderr.write(f"\r\x1b[Klooking, {age(time.monotonic() - begun)} …")
                sys.stderr.flush()

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()
        if time.monotonic() - begun >= MOMENT:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def shown(path):
    """As a person at the checkout calls it."""
    return str(path).removeprefix(f"{ROOT}/")


class Outcome:
    """How a step ended, in a word or two."""

    said = ""


def telling(lines):
    """The last lines that say something; from an error on, where one is among them."""
    lines = [line.strip("│╷╵ ") for line in lines]
    lines = [line for line in lines if line]
    for number, line in enumerate(lines):
        if line.lower().startswith("error:"):
            return [plain(each) for each in lines[number:][:LAST]]
    return [plain(each) for each in lines[-LAST:]]
