#!/usr/bin/env python3
"""Whether links.py finds broken links, and only those."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import links

HERE = Path(__file__).parent


class LinksTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def broken(self):
        return links.check(self.folder)[0]

    def test_finds_a_file_that_is_not_there(self):
        self.write("README.md", "# A\n\nsee [the other](docs/other.md)\n")
        self.assertEqual(["README.md:3: docs/other.md: no such file"], self.broken())

    def test_finds_an_anchor_without_heading(self):
        self.write("README.md", "[b](docs/b.md#gone), [here](#gone-too)")
        self.write("docs/b.md", "# There\n")
        self.assertEqual(
            ["README.md:1: docs/b.md#gone: no heading for #gone", "README.md:1: #gone-too: no heading for #gone-too"],
            self.broken())

    def test_finds_what_leads_out_of_the_project_or_nowhere(self):
        self.write("docs/a.md", "[a](../../b.md) [b](/docs/a.md) [c]()")
        self.assertEqual(
            ["outside of the project", "not relative", "an empty link"], [line.split(": ")[-1] for line in self.broken()])

    def test_finds_broken_images_definitions_and_links_whose_text_is_code(self):
        self.write("a.md", "![x](x.png)\n\n[`code`](y.md)\n\n[z]: z.md\n")
        self.assertEqual([1, 3, 5], [int(line.split(":")[1]) for line in self.broken()])

    def test_accepts_anchors_as_github_makes_them(self):
        self.write("a.md", "\n".join([
            "# A job stays queued: look here first", "## 400, 401", "## `make run` & [more](b.md)", "## Twice", "## Twice",
            "[1](#a-job-stays-queued-look-here-first) [2](#400-401) [3](#make-run--more) [4](#twice) [5](#twice-1)"]))
        self.write("b.md", "x")
        self.assertEqual([], self.broken())

    def test_a_heading_in_a_code_block_is_none(self):
        self.write("a.md", "```\n# comment\n```\n[a](#comment)")
        self.assertEqual(["a.md:4: #comment: no heading for #comment"], self.broken())

    def test_leaves_code_the_internet_and_what_is_built_alone(self):
        self.write("a.md", "```\n[a](gone.md)\n```\n`[b](gone.md)` [c](https://example.org/gone) [d](mailto:x@example.org)")
        self.write("target/b.md", "[e](gone.md)")
        self.assertEqual([], self.broken())

    def test_accepts_folders_titles_and_lines_of_sources(self):
        self.write("docs/x.py", "pass\n")
        self.write("a.md", '[a](docs) [b](docs/x.py#L1 "title") [c](<docs/x.py>) [d](docs/x.py#name)')
        self.assertEqual(["a.md:1: docs/x.py#name: #name in what is no Markdown"], self.broken())

    def test_the_command_says_so_by_its_exit_code(self):
        def run():
            return subprocess.run([sys.executable, HERE / "links.py", self.folder], capture_output=True, text=True)
        self.assertEqual(1, run().returncode, "nothing to check is no success")
        self.write("a.md", "[a](a.md)")
        self.assertEqual((0, ""), (run().returncode, run().stderr))
        self.write("a.md", "[a](gone.md)")
        self.assertEqual((1, "a.md:1: gone.md: no such file\n"), (run().returncode, run().stderr))


if __name__ == "__main__":
    unittest.main()
