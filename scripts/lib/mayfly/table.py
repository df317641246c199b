"""Lines for a terminal: aligned, as wide as it is, coloured only where somebody sees it."""

import os
import re
import shutil
import sys

COLOURS = {"red": "31", "yellow": "33", "green": "32", "dim": "2"}
# What others wrote (labels, branches) must not steer the terminal.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def plain(text):
    return CONTROL.sub("?", str(text))


def width():
    return shutil.get_terminal_size((100, 24)).columns


def coloured(text, colour, stream=None):
    stream = stream or sys.stdout
    if not colour or not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m"


def shorten(text, size):
    return text if len(text) <= size else text[:max(0, size - 1)] + "…"


def table(head, rows, right=(), shrink=(), most=None):
    """The lines of a table. Columns named in `shrink` give way, the widest first, where a terminal is narrower."""
    rows = [[plain(cell) for cell in row] for row in rows]
    sizes = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    excess = sum(sizes) + 2 * (len(head) - 1) - (most or (width() if sys.stdout.isatty() else sys.maxsize))
    while excess > 0:
        column = max((head.index(name) for name in shrink), key=lambda at: sizes[at], default=None)
        if column is None or sizes[column] <= 8:
            break
        sizes[column] -= 1
        excess -= 1
    lines = []
    for line in [list(head), *rows]:
        cells = [shorten(cell, size) for cell, size in zip(line, sizes)]
        cells = [cell.rjust(size) if name in right else cell.ljust(size) for name, cell, size in zip(head, cells, sizes)]
        lines.append("  ".join(cells).rstrip())
    return lines


def age(seconds):
    seconds = max(0, int(seconds))
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}m {seconds % 60:02}s"
    if seconds < 86400:
        return f"{seconds // 3600}h {seconds % 3600 // 60:02}m"
    return f"{seconds // 86400}d {seconds % 86400 // 3600:02}h"


def dollars(amount):
    return "?" if amount is None else f"${amount:.4f}" if amount < 0.1 else f"${amount:,.2f}"


def count(number, one, many=None):
    return f"{number} {one if number == 1 else many or one + 's'}"
