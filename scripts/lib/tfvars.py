"""Reads a tfvars file.

    tfvars.py FILE FOLDER          those assignments whose variables the configuration in FOLDER declares: Terraform warns
                                   of every other, and terraform/bootstrap takes part of terraform/'s
    tfvars.py --get FILE NAME      the value of a string; nothing where it is not assigned or there is no file
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


def get(file, name):
    path = pathlib.Path(file)
    for assigned, text in assignments(path.read_text()) if path.exists() else []:
        if assigned == name:
            value = re.match(r'\w+\s*=\s*"([^"]*)"', text)
            if not value:
                sys.exit(f"error: {name} in {file} is no plain string")
            print(value[1])


def main(file, folder):
    names = declared(folder)
    for name, text in assignments(pathlib.Path(file).read_text()):
        if name in names:
            print(text)


if __name__ == "__main__":
    if sys.argv[1] == "--get":
        get(*sys.argv[2:])
    else:
        main(*sys.argv[1:])
