"""What make help shows, and that the documents name no target that is none."""

import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True

ROOT = pathlib.Path(__file__).parents[2]
GROUPS = ["Try it, without an account", "Run it yourself", "Operate a deployment", "Develop"]
# help itself, and a name of old.
UNSAID = {"help", "deploy-create-instance-function"}
MAKE = r"(?:[A-Z_]+=\S* )*make ([a-z][a-z-]*)"


class Help(unittest.TestCase):
    def setUp(self):
        self.text = (ROOT / "Makefile").read_text()
        self.targets = {name for names in re.findall(r"(?m)^\.PHONY: (.*)$", self.text) for name in names.split()}
        self.shown = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    def test_each_target_is_in_one_group_on_one_line(self):
        blocks = self.shown.strip().split("\n\n")
        self.assertEqual([block.splitlines()[0] for block in blocks], GROUPS)
        names = [line.split()[0] for block in blocks for line in block.splitlines()[1:]]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(set(names), self.targets - UNSAID)
        for line in self.shown.splitlines():
            self.assertLessEqual(len(line), 105, line)

    def test_what_is_shown_can_be_made(self):
        rules = set(re.findall(r"(?m)^([a-z-]+):(?!=)", self.text))
        self.assertEqual(self.targets - rules, set())

    def test_the_documents_name_no_other_target(self):
        for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
            text = document.read_text()
            fenced = "\n".join(re.findall(r"(?ms)^```[^\n]*\n(.*?)^```", text))
            named = re.findall(rf"`{MAKE}", text) + re.findall(rf"(?m)^(?:\$ )?{MAKE}", fenced)
            with self.subTest(document.name):
                self.assertEqual(set(named) - self.targets, set())


if __name__ == "__main__":
    unittest.main()
