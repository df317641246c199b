#!/usr/bin/env python3
"""Checks the links between this project's Markdown files: that each file is there, and each anchor a heading of it.

Usage: links.py [FOLDER]. Addresses on the internet are left alone. Ends with 1 and one line for each broken link.
"""
import os
import re
import sys
from pathlib import Path
from urllib.parse import unquote

NOT_OURS = {"target", "node_modules", ".git", ".terraform"}
FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
# [text](target "title") and ![text](target); the text may hold brackets, the target a pair of parentheses.
INLINE = re.compile(r"\]\(\s*(<[^>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+[\"'(][^\n]*?[\"')])?\s*\)")
DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s+(<[^>\n]*>|\S+)", re.MULTILINE)
LINK_TEXT = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
NAMED = re.compile(r"<a\s+(?:name|id)=[\"']([^\"']+)[\"']")
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def without_fences(text):
    """The text with fenced code blanked, so that line numbers stay."""
    lines, fence = [], None
    for line in text.splitlines():
        mark = FENCE.match(line)
        if fence:
            closes = mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line[mark.end():].strip()
            fence = None if closes else fence
            lines.append("")
        elif mark:
            fence = mark[1]
            lines.append("")
        else:
            lines.append(line)
    return "\n".join(lines)


def slug(heading):
    """The anchor GitHub makes of a heading."""
    text = LINK_TEXT.sub(r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(text):
    found, seen = set(NAMED.findall(text)), {}
    for line in without_fences(text).splitlines():
        heading = HEADING.match(line)
        if heading:
            name = slug(heading[1])
            times = seen.get(name, 0)
            seen[name] = times + 1
            found.add(name if times == 0 else f"{name}-{times}")
    return found


def links(text):
    """Yields (line, target) of every link outside of code."""
    # Not a blank: a code span may be all that stands in the brackets of a link.
    bare = CODE_SPAN.sub(lambda span: re.sub(r"[^\n]", "x", span[0]), without_fences(text))
    for match in sorted([*INLINE.finditer(bare), *DEFINITION.finditer(bare)], key=lambda found: found.start()):
        yield bare.count("\n", 0, match.start()) + 1, match[1].strip("<>")


def problem(folder, page, target, texts):
    """What is wrong with a link, or None."""
    path, _, anchor = target.partition("#")
    path, anchor = unquote(path), unquote(anchor)
    if not path and not anchor:
        return "an empty link"
    if path.startswith("/"):
        return "not relative"
    file = Path(os.path.normpath(page.parent / path)) if path else page
    if not file.is_relative_to(folder):
        return "outside of the project"
    if not file.exists():
        return "no such file"
    if anchor and file.suffix == ".md":
        return None if anchor in anchors(texts(file)) else f"no heading for #{anchor}"
    if anchor and not re.fullmatch(r"L\d+(-L\d+)?", anchor):
        return f"#{anchor} in what is no Markdown"
    return None


def pages(folder):
    for directory, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in NOT_OURS)
        yield from (Path(directory) / file for file in sorted(files) if file.endswith(".md"))


def check(folder):
    """All broken links below a folder, as lines; and how many links were looked at."""
    folder = Path(os.path.abspath(folder))
    broken, looked_at, read = [], 0, {}

    def texts(file):
        if file not in read:
            read[file] = file.read_text(encoding="utf-8")
        return read[file]

    for page in pages(folder):
        for line, target in links(texts(page)):
            if ELSEWHERE.match(target):
                continue
            looked_at += 1
            why = problem(folder, page, target, texts)
            if why:
                broken.append(f"{page.relative_to(folder)}:{line}: {target}: {why}")
    return broken, looked_at


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    broken, looked_at = check(folder)
    for line in broken:
        print(line, file=sys.stderr)
    if not looked_at:
        print(f"no links below {folder}: is it the right folder?", file=sys.stderr)
    sys.exit(1 if broken or not looked_at else 0)


if __name__ == "__main__":
    main()
