"""What a person at the terminal is asked before something is written."""

import os
import sys

from .problem import Problem


def unattended():
    """Whether the environment says that nobody is to be asked, as for the other steps."""
    return os.environ.get("CI") == "true" or os.environ.get("AUTO_APPROVE") == "1"


def says_yes(question):
    """Whether the next line is the word; what ends before it, or is another word, is none."""
    try:
        return input(f"{question} Only 'yes' goes on: ").strip() == "yes"
    except (EOFError, KeyboardInterrupt):
        # What is said next begins a line of its own.
        print()
        return False


def confirm(question, otherwise):
    """Raises Problem, with what is so otherwise, unless a person says yes or nobody is to be asked."""
    if unattended():
        return
    if not sys.stdin.isatty():
        raise Problem(f"there is no terminal to ask on ({question}); AUTO_APPROVE=1 goes on without asking")
    if not says_yes(question):
        raise Problem(f"stopped, {otherwise}")
