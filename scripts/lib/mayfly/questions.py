"""What a person is asked at the terminal, and checked at once."""

import sys

from .confirm import unattended
from .problem import Problem

TRIES = 3


class Questions:
    """Asks where there is a terminal and somebody at it; else the default is the answer."""

    def __init__(self, ask=True):
        self.ask = ask and sys.stdin.isatty() and not unattended()

    def answer(self, sentence, prompt, default, check, option):
        """A checked answer. `check` gives the value for a text, or raises Problem; `option` is what says it without a terminal."""
        if not self.ask:
            if default is None:
                raise Problem(f"{prompt} is not known, and there is no terminal to ask on: {option}")
            return check(default)
        print(f"\n{sentence}")
        for _ in range(TRIES):
            try:
                text = input(f"{prompt}{f' [{default}]' if default else ''}: ").strip() or default
            except EOFError:
                raise Problem("stopped, nothing was changed") from None
            if text is None:
                print("  an answer is needed")
                continue
            try:
                return check(text)
            except Problem as problem:
                print(f"  {problem}")
        raise Problem(f"no answer that can be used, after {TRIES} tries; {option} says it without being asked. Nothing was changed")
