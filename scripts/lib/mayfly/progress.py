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

TICK, MOMENT, POLL, LONG = 1.0, 2.0, 0.2, 30.0
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
        self.line, self.seen_now = "", True

    @contextlib.contextmanager
    def step(self, title, usual=None, still=False):
        """One step. Its outcome is what it puts into `said`, or that it is done. A still one has no line that moves: it prints, or asks."""
        self.number += 1
        print(f"[{self.number}/{self.many}] {title}{coloured(f' (usually {usual})', 'dim') if usual else ''}", flush=True)
        begun, outcome = time.monotonic(), Outcome()
        self.seen_now = True
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
            if not self.seen_now:
                continue
            sys.stdout.write("\r\x1b[K" + shorten(f"      {age(time.monotonic() - begun)}  {plain(self.line)}", width() - 1))
            sys.stdout.flush()

    def pause(self):
        """No line moves until the step's end: somebody may be asked."""
        self.seen_now = False
        if self.seen:
            sys.stdout.write("\r\x1b[K")

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
        its state up. It writes to the log itself, and not to us: so where this process is killed it goes on to its end, and no lock stays
        behind. Gives all its lines.
        """
        self.write(f"$ {' '.join(command)}")
        begin = self.log.stat().st_size
        with open(self.log, "a", encoding="utf-8") as log, subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True) as program:
            try:
                while program.poll() is None:
                    self.line = (self.lines(begin)[-1:] or [self.line])[0]
                    time.sleep(POLL)
            except BaseException:
                self.end_in_good_order(program)
                raise
        lines = self.lines(begin)
        if program.returncode:
            raise Problem("\n       ".join([f"{shown(command[0])} failed:", *telling(lines), f"All of it is in {shown(self.log)}.", *([cure(lines)] if cure and cure(lines) else [])]))
        return lines

    def lines(self, begin):
        """Those that were written since, without empty ones."""
        with open(self.log, "rb") as log:
            log.seek(begin)
            text = log.read().decode("utf-8", "replace")
        return [line.rstrip() for line in text.splitlines() if line.strip()]

    def end_in_good_order(self, program):
        """One interrupt, and then as long as it takes, whatever else is pressed meanwhile."""
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            print("      stopping, when what was begun is done …", flush=True)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGINT)
            program.wait()
        finally:
            signal.signal(signal.SIGINT, handler)


class Outcome:
    """How a step ended, in a word or two."""

    said = ""


def telling(lines):
    """The last lines that say something; from an error on, where one is among them."""
    lines = [line.strip("│╷╵ ") for line in lines[-40:]]
    lines = [line for line in lines if line]
    for number, line in enumerate(lines):
        if line.lower().startswith("error:"):
            return [plain(each) for each in lines[number:][:LAST]]
    return [plain(each) for each in lines[-LAST:]]


def shown(path):
    """As a person at the checkout calls it."""
    return str(path).removeprefix(f"{ROOT}/")


@contextlib.contextmanager
def looking():
    """Gives a function that says what is looked at just now. All goes to standard error.

    At a terminal a line moves there, where the look takes longer than a moment, and goes away again. Elsewhere nothing is said before half a
    minute has passed, and then a line each half minute: who reads a log wants to know that it goes on.
    """
    seen = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    begun, over, now, shown_once = time.monotonic(), threading.Event(), ["looking"], threading.Event()

    def tick():
        while not over.wait(TICK if seen else LONG):
            took = time.monotonic() - begun
            if seen and took >= MOMENT:
                shown_once.set()
                sys.stderr.write("\r\x1b[K" + shorten(f"{plain(now[0])}, {age(took)} …", width() - 1))
                sys.stderr.flush()
            elif not seen:
                print(f"{plain(now[0])}, {age(took)} …", file=sys.stderr, flush=True)

    def say(text):
        now[0] = text

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield say
    finally:
        over.set()
        clock.join()
        if shown_once.is_set():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
