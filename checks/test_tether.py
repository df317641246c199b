"""Nothing that scripts/tether has started outlives it, or whoever has started it, in whatever way they end."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

TETHER = pathlib.Path(__file__).resolve().parent.parent / "scripts" / "tether"

# Starts a process that starts another and ends, as a build tool leaves its daemons.
TREE = 'sh -c "sleep 600 & echo \\$! >>$0.tmp; sleep 600" & echo $! >>$0.tmp; sleep 2; echo $$ >>$0.tmp; mv $0.tmp $0; sleep 600'


def lives(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/stat").read_text()
        return status.rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition, what):
    """Minutes, for a busy machine; over at once where it holds."""
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(what)
        time.sleep(0.05)


class TetherTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.pids = pathlib.Path(folder.name, "pids")

    def start(self):
        """As make starts it: a shell between us and the tether."""
        command = f"'{TETHER}' bash -c '{TREE}' '{self.pids}'; exit $?"
        shell = subprocess.Popen(["bash", "-c", command], stdin=subprocess.DEVNULL)
        self.addCleanup(shell.wait)
        until(self.pids.exists, "the command did not start")
        started = [int(pid) for pid in self.pids.read_text().split()]
        self.assertEqual(len(started), 3)
        return shell, started

    def all_end(self, started):
        until(lambda: not any(lives(pid) for pid in started), f"of {started} some are left")

    def test_a_killed_maker_takes_all_with_it(self):
        shell, started = self.start()
        shell.kill()
        self.all_end(started)

    def test_a_killed_command_takes_all_with_it(self):
        _, started = self.start()
        os.kill(started[-1], signal.SIGKILL)
        self.all_end(started)

    def test_a_command_that_is_asked_to_end_takes_all_with_it(self):
        _, started = self.start()
        os.kill(started[-1], signal.SIGTERM)
        self.all_end(started)

    def test_the_commands_own_code_is_the_tethers(self):
        ended = subprocess.run([TETHER, "bash", "-c", "echo said; exit 7"], capture_output=True, text=True)
        self.assertEqual((ended.returncode, ended.stdout), (7, "said\n"))


if __name__ == "__main__":
    unittest.main()
