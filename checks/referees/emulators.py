"""The emulators, each in a process of its own that records what it is asked."""

import json
import os
import subprocess
import urllib.request

from aws import ROOT


class Emulator:
    """A main class of the playground that prints where it listens, and ends with its standard input."""

    def __init__(self, main, recording=None):
        java = subprocess.run([ROOT / "scripts/find-jdk"], capture_output=True, text=True, check=True).stdout.strip() + "/bin/java"
        path = f"{ROOT}/target/test-classes:" + (ROOT / "target/playground.classpath").read_text(encoding="utf-8").strip()
        environment = {**os.environ, "MAYFLY_RECORDING": str(recording or "")}
        self.process = subprocess.Popen([java, "-cp", path, f"io.mayfly.playground.{main}"], env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.urls = self.process.stdout.readline().split()
        if not self.urls:
            raise SystemExit(f"{main} does not start: is everything compiled?")

    @property
    def url(self):
        return self.urls[0].rstrip("/")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class GitHub(Emulator):
    def __init__(self, recording=None):
        super().__init__("github.EmulatorMain", recording)

    def stage(self, what, **body):
        """Changes what GitHub has, or asks the emulator about itself."""
        request = urllib.request.Request(f"{self.urls[1]}/{what}", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


class Aws(Emulator):
    def __init__(self, recording=None):
        super().__init__("aws.AwsEmulatorMain", recording)
