"""Prints those assignments of a tfvars file whose variables a configuration declares.

    tfvars.py FILE FOLDER

Terraform warns of every value for a variable that is not declared; terraform/bootstrap takes part of terraform/'s.
"""

import pathlib
import re
import sys


def declared(folder):
    text = "\n".join(file.read_text() for file in sorted(pathlib.Path(folder).glob("*.tf")))
    return set(re.findall(r'^variable "(\w+)"', text, re.MULTILINE))


def assignments(text):
    """Name and text of each assignment; a value goes on until its brackets are closed."""
    lines = iter(text.splitlines())
    for line in lines:
        start = re.match(r"(\w+)\s*=", line)
        if not start:
            continue
        whole = [line]
        while open_brackets("\n".join(whole)) > 0:
            whole.append(next(lines))
        yield start[1], "\n".join(whole)


def open_brackets(text):
    bare = re.sub(r'"(\\.|[^"\\])*"', "", text)
    bare = re.sub(r"(#|//).*", "", bare)
    return sum(map(bare.count, "[{(")) - sum(map(bare.count, "]})"))


def main(file, folder):
    names = declared(folder)
    for name, text in assignments(pathlib.Path(file).read_text()):
        if name in names:
            print(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
