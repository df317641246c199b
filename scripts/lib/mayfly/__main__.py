"""Run as a folder: python3 scripts/lib/mayfly."""

import pathlib
import sys

# Not the package's own folder, whose modules would stand before the standard library's.
sys.path[0] = str(pathlib.Path(__file__).parents[1])

from mayfly.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], last=True))
