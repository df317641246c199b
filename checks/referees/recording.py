"""What the emulators have recorded: exchanges, and webhook events that they made."""

import dataclasses
import json
import pathlib
import urllib.parse


@dataclasses.dataclass(frozen=True)
class Exchange:
    """A request and its answer; the names of headers are in lower case. An answer that got lost has no status."""

    method: str
    target: str
    headers: dict
    body: str
    status: int | None
    answer_headers: dict
    answer: str
    staged: bool

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return urllib.parse.parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def is_aws(self):
        return self.headers.get("authorization", "").startswith("AWS4-") or "x-amz-target" in self.headers

    @property
    def is_answered(self):
        """Whether the emulator itself has answered: what a test has put in its place fits nothing, on purpose."""
        return self.status is not None and not self.staged


@dataclasses.dataclass(frozen=True)
class Event:
    """A webhook event as GitHub's emulator made it."""

    name: str
    payload: str


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """Something that a referee does not know so."""

    where: str
    what: str


def read(file):
    """The exchanges and events of a recording, each with the number of its line."""
    with pathlib.Path(file).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield number, parse(json.loads(line))
            except (json.JSONDecodeError, KeyError) as mistake:
                raise SystemExit(f"{file}:{number}: no recorded exchange ({mistake!r}): was the recording cut short?") from None


def parse(line):
    if "event" in line:
        return Event(line["event"], line["payload"])
    headers = {name.lower(): value for name, value in line["headers"].items()}
    answer_headers = {name.lower(): value for name, value in line.get("answerHeaders", {}).items()}
    return Exchange(line["method"], line["target"], headers, line["body"], line.get("status"), answer_headers, line.get("answer", ""),
                    line.get("staged", False))
