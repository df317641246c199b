"""What pip may install: only what the lock has, by its hash. The packages are made here, and no index is asked."""
import base64
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNREACHABLE = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_RETRIES": "1"}


def wheel(folder, name, requires="", **files):
    """A package of one module; its sha256."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {f"{name}/__init__.py": "", **{f"{name}/{file}.py": text for file, text in files.items()},
             f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + (f"Requires-Dist: {requires}\n" if requires else ""),
             f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: checks\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = "".join(f"{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n" for file, text in files.items())
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            archive.writestr(file, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="locks-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.wheels, self.wanted = self.folder / "wheels", self.folder / "wanted"
        self.wheels.mkdir()
        self.wanted.mkdir()
        self.hash = wheel(self.wheels, "mayfly_probe")

    def run_here(self, *command, **environment):
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=300, env={
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1",
            **(environment or {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)})})
        return run.returncode, run.stdout + run.stderr

    def environment(self, modules="mayfly_probe", **environment):
        return self.run_here("bash", "-c", f'. "{ROOT}/scripts/lib/python-environment.sh"; python_with wanted made "$1" || exit; "$python" -c "import $1" && echo "$python"',
                             "bash", modules, **environment)

    def want(self, text, lock=None):
        (self.wanted / "requirements.txt").write_text(text)
        if lock is not None:
            (self.wanted / "requirements.lock").write_text(lock)


class Environment(Case):
    def test_by_the_lock_and_made_anew_when_that_changes(self):
        self.want("mayfly_probe==1.0", f"mayfly_probe==1.0 --hash=sha256:{self.hash}\n")
        self.assertEqual(self.environment(), (0, "made/bin/python\n"))
        self.assertEqual(self.environment(PIP_NO_INDEX="1"), (0, "made/bin/python\n"), "it is made once")
        other = wheel(self.wheels, "mayfly_other")
        self.want("mayfly_other==1.0", f"mayfly_other==1.0 --hash=sha256:{other}\n")
        self.assertEqual(self.environment("mayfly_other"), (0, "made/bin/python\n"))
        self.assertNotEqual(self.environment("mayfly_probe")[0], 0, "what is no longer wanted is gone")

    def test_another_file_than_the_locks_is_not_installed_and_not_taken_for_installed(self):
        self.want("mayfly_probe==1.0", f"mayfly_probe==1.0 --hash=sha256:{'0' * 64}\n")
        for attempt in ("first", "second"):
            with self.subTest(attempt):
                code, said = self.environment()
                self.assertEqual(code, 1)
                self.assertIn("DO NOT MATCH THE HASHES", said)

    def test_what_the_lock_leaves_out_is_not_installed(self):
        needy = wheel(self.wheels, "mayfly_needy", requires="mayfly_probe")
        self.want("mayfly_needy==1.0", f"mayfly_needy==1.0 --hash=sha256:{needy}\n")
        code, said = self.environment("mayfly_needy")
        self.assertEqual(code, 1)
        self.assertIn("pip could not install what wanted/requirements.lock names", said)

    def test_without_a_lock_it_says_that_no_hash_is_verified(self):
        self.want("mayfly_probe==1.0")
        code, said = self.environment()
        self.assertEqual(code, 0, said)
        self.assertIn("There is no wanted/requirements.lock yet: pip verifies no hash", said)

    def test_an_index_that_does_not_answer_is_told_from_one_that_says_no(self):
        self.want("mayfly_probe==1.0")
        code, said = self.environment(**UNREACHABLE)
        self.assertEqual(code, 3)
        self.assertIn("no package index can be reached for what wanted/requirements.txt names", said)
        self.want("mayfly_probe==2.0")
        code, said = self.environment()
        self.assertEqual(code, 1)
        self.assertIn("from versions: 1.0", said)

    def test_the_machines_own_packages_are_taken_as_they_are(self):
        self.assertEqual(self.environment("json"), (0, "python3\n"))
        self.assertFalse((self.folder / "made").exists())


class Locks(Case):
    """checks/locks/make and check, in a repository of two lists."""

    def setUp(self):
        super().setUp()
        for file in ("scripts/lib/python-environment.sh", "checks/locks/make", "checks/locks/check", "checks/locks/requirements.txt"):
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, self.folder / file)
        self.want("mayfly_probe==1.0\n")
        subprocess.run(["git", "init", "-q"], cwd=self.folder, check=True)
        (self.folder / ".gitignore").write_text("target/\n")

    def test_no_lock_and_no_index_are_said_to_be_not_checked(self):
        code, said = self.run_here("checks/locks/check")
        self.assertEqual(code, 0, said)
        self.assertIn("NOT CHECKED: the hashes of wanted/requirements.txt, there is no wanted/requirements.lock yet; the workflow Lock makes it", said)
        self.want("mayfly_probe==1.0\n", f"mayfly_probe==1.0 --hash=sha256:{self.hash}\n")
        code, said = self.run_here("checks/locks/check", **UNREACHABLE)
        self.assertEqual(code, 0, said)
        self.assertIn("NOT CHECKED: wanted/requirements.lock, no package index can be reached", said)

    def test_hashes_are_compared_with_what_the_index_gives(self):
        self.want("mayfly_probe==1.0\n", f"mayfly_probe==1.0 --hash=sha256:{self.hash}\n")
        code, said = self.run_here("checks/locks/check")
        self.assertEqual(code, 0, said)
        self.assertIn("wanted/requirements.lock: every hash fits", said)
        self.want("mayfly_probe==1.0\n", f"mayfly_probe==1.0 --hash=sha256:{'0' * 64}\n")
        code, said = self.run_here("checks/locks/check")
        self.assertEqual(code, 1)
        self.assertIn("wanted/requirements.lock does not fit what the index gives", said)

    def test_a_lock_is_made_beside_each_list(self):
        # Stands in for the resolver, which needs an index.
        wheel(self.wheels, "uv", __main__="import pathlib, sys\narguments = sys.argv\npathlib.Path(arguments[arguments.index('--output-file') + 1]).write_text(' '.join(arguments[1:]) + ' x==1\\n')\n")
        (self.folder / "checks/locks/requirements.txt").write_text("uv==1.0\n")
        code, said = self.run_here("checks/locks/make")
        self.assertEqual(code, 0, said)
        for folder in ("checks/locks", "wanted"):
            made = (self.folder / folder / "requirements.lock").read_text()
            self.assertRegex(made, rf"^pip compile .*--universal .*--generate-hashes .*{folder}/requirements.txt x==1\n$")

    def test_without_an_index_no_lock_is_made(self):
        code, said = self.run_here("checks/locks/make", **UNREACHABLE)
        self.assertEqual(code, 3)
        self.assertIn("no package index can be reached", said)
        self.assertEqual(list(self.folder.glob("**/requirements.lock")), [])


if __name__ == "__main__":
    unittest.main()
