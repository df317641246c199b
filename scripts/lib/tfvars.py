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
        start = re.match(r"\s*(\w+)\s*=", line)
        if not start:
            continue
        whole = [line]
        while open_brackets("\n".join(whole)) > 0:
            follow = next(lines, None)
            if follow is None:
                raise ValueError(f"{start[1]} has a bracket that nothing closes")
            whole.append(follow)
        yield start[1], "\n".join(whole)


def open_brackets(text):
    bare = re.sub(r'"(\\.|[^"\\])*"', "", text)
    bare = re.sub(r"(#|//).*", "", bare)
    return sum(map(bare.count, "[{(")) - sum(map(bare.count, "]})"))


def value(file, name):
    """A string that is assigned; None where it is not, or there is no file. Raises ValueError that says what is wrong with the file."""
    path = pathlib.Path(file)
    try:
        for assigned, text in assignments(path.read_text(encoding="utf-8")) if path.exists() else []:
            if assigned == name:
                if re.fullmatch(r"\s*\w+\s*=\s*null\s*((#|//).*)?", text):
                    return None
                found = re.match(r'\s*\w+\s*=\s*"([^"]*)"', text)
                if not found:
                    raise ValueError(f"{name} is no plain string")
                return found[1]
    except UnicodeDecodeError:
        raise ValueError("it is no text") from None
    return None


def get(file, name):
    try:
        found = value(file, name)
    except ValueError as mistake:
        sys.exit(f"error: {file}: {mistake}")
    if found is not None:
        print(found)


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
