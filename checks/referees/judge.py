"""Judges recordings of the emulators: what was asked of GitHub and AWS, what was answered, and webhook events.

    judge.py FILE...        one line for each kind of mistake; the exit status is 1 if there is any
"""

import collections
import json
import pathlib
import sys

from aws import AwsReferee, Role
from github import Description, GitHubReferee
from recording import Event, read


class Court:
    """The referees, and what each has seen and found."""

    def __init__(self, github, aws):
        self.github, self.aws = github, aws
        self.seen = collections.Counter()
        self.found = {}

    def hear(self, place, said):
        if isinstance(said, Event):
            referee, findings = "GitHub's webhooks", self.github.judge_event(said)
        elif said.is_aws:
            referee, findings = "AWS", self.aws.judge(said)
        else:
            referee, findings = "GitHub's REST API", self.github.judge(said)
        self.seen[referee] += 1
        for finding in findings:
            self.found.setdefault(finding, []).append(place)

    def verdict(self):
        for finding, places in sorted(self.found.items()):
            more = f", and {len(places) - 1} times more" if len(places) > 1 else ""
            yield f"{places[0]}{more}: {finding.where}: {finding.what}"


EXCEPTIONS = pathlib.Path(__file__).parent / "exceptions.json"


def excepted(exceptions, line):
    """The reason why a finding is none of ours, or nothing."""
    return next((exception for exception in exceptions if exception["finding"] in line), None)


def judge(files, court, exceptions):
    """Prints what was found in recordings, and returns how many kinds of mistakes that are."""
    for file in files:
        for number, said in read(file):
            court.hear(f"{pathlib.Path(file).name}:{number}", said)
    used, mistakes = [], []
    for line in court.verdict():
        exception = excepted(exceptions, line)
        if exception:
            used.append(exception)
        else:
            mistakes.append(line)
    mistakes += (f"{EXCEPTIONS.name}: nothing is found any more like this: {each['finding']}" for each in exceptions if each not in used)
    if not court.seen:
        mistakes.append("there is nothing to judge")
    for mistake in mistakes:
        print(mistake)
    seen = ", ".join(f"{count} by {referee}" for referee, count in sorted(court.seen.items()))
    print(f"Judged {seen or 'nothing'}: {len(mistakes)} kinds of mistakes")
    return len(mistakes)


def main(files):
    description = Description.installed()
    court = Court(GitHubReferee(description), AwsReferee(Role.deployed()))
    print(f"By @octokit/openapi {description.version} and botocore {AwsReferee.version}")
    if judge(files, court, json.loads(EXCEPTIONS.read_text(encoding="utf-8"))):
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
