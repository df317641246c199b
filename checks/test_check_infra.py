#!/usr/bin/env python3
"""scripts/check-infra with parts that are made up."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "scripts/check-infra"


class CheckInfra(unittest.TestCase):
    def run_parts(self, *chosen, **parts):
        with tempfile.TemporaryDirectory() as folder:
            checks = pathlib.Path(folder, "checks/infra")
            checks.mkdir(parents=True)
            pathlib.Path(folder, "scripts").mkdir()
            shutil.copy(SCRIPT, pathlib.Path(folder, "scripts"))
            for number, (name, text) in enumerate(parts.items()):
                (checks / f"{number}0-{name}.sh").write_text(text)
            done = subprocess.run([f"{folder}/scripts/check-infra", *chosen], capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).splitlines()

    def test_the_last_line_says_what_was_not_checked(self):
        status, said = self.run_parts(
            good="echo well", missing='echo "NOT CHECKED: plans, for want of a tool"; exit 3', half='echo "NOT CHECKED: an account"')
        self.assertEqual(status, 0)
        self.assertEqual(said[-1], "2 fine, 0 wrong, 2 not checked: 10-missing: plans, for want of a tool; 20-half: an account")

    def test_the_last_line_is_short_where_all_was_checked(self):
        self.assertEqual(self.run_parts(good="true")[1][-1], "1 fine, 0 wrong, 0 not checked")

    def test_what_is_wrong_fails(self):
        status, said = self.run_parts(good="true", bad="exit 1")
        self.assertEqual((status, said[-1]), (1, "1 fine, 1 wrong, 0 not checked"))
        self.assertIn("WRONG        10-bad (target/check-infra/10-bad.log)", said)

    def test_what_mostly_waits_goes_beside_the_others_and_counts_like_them(self):
        """It sees a file that a later part writes while it waits."""
        slow = '# Beside the others\nfor _ in {1..100}; do [ -e "$CHECK_INFRA/seen" ] && { echo together; echo "NOT CHECKED: a moon"; exit 0; }; sleep 0.1; done; exit 1'
        status, said = self.run_parts(slow=slow, good='touch "$CHECK_INFRA/seen"; sleep 0.5')
        self.assertEqual((status, said[-1]), (0, "2 fine, 0 wrong, 1 not checked: 00-slow: a moon"))
        self.assertLess(said.index("== 10-good"), said.index("together"))
        status, said = self.run_parts(bad="# Beside the others\nexit 1", good="true")
        self.assertEqual((status, said[-1]), (1, "1 fine, 1 wrong, 0 not checked"))
        self.assertIn("WRONG        00-bad (target/check-infra/00-bad.log)", said)

    def test_parts_are_chosen_by_a_word(self):
        status, said = self.run_parts("goo", good="true", bad="exit 1")
        self.assertEqual((status, said[-1]), (0, "1 fine, 0 wrong, 0 not checked"))


if __name__ == "__main__":
    unittest.main()
