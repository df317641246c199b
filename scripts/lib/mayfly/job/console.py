"""What the last lines of an instance's console mean: those of `boot.sh`, in the order in which they are looked for. docs/troubleshooting.md has them all."""

import re

SEE = "docs/troubleshooting.md#the-instances-console"
# Pattern, what it means, what to do. The last line that fits tells.
MEANINGS = [
    (r"failed: download", "it has no way to github.com on port 443", "the subnet's route, NAT gateway or public address, the security group; or a prepared image (make build-image)"),
    (r"failed: wrong checksum", "something between changes what is downloaded", "find what answers in github.com's place"),
    (r"failed: no user data", "the metadata service gave the image nothing", "mostly a passing fault of EC2; another instance is launched"),
    (r"failed: no sudo|failed: runner can't use sudo|failed: runner is root|failed: runner can't use", "the image does not suit the pool's sudo", "mend the image, or `sudo` in the pool"),
    (r"failed: no (?:curl|pgrep|python3|setpriv|useradd)", "the image lacks a tool that a runner needs", "another image: make build-image"),
    (r"failed: metadata", "the image can't close the metadata service", "another image, with ip rule or iptables"),
    (r"failed: this machine boots again", "it was rebooted", "nothing: another instance is launched"),
    (r"failed: ", "the boot ended with this reason", "mend the image or the pool"),
    (r"claim refused: 40[01]|claim: 40[01]", "its ticket or its identity is not accepted: of a webhook secret that is no longer known, of another deployment's URL, or its clock is wrong",
     "make doctor compares the URL; keep the previous secret for timeouts.register after a rotation; the image's time service"),
    (r"claim(?: refused)?: 403.*Forbidden", "the function's URL lets nobody in", "scripts/mayfly deploy; make doctor looks at the policy"),
    (r"claim refused: 403.*not needed", "its job did not need it any more", "nothing"),
    (r"claim refused: 403.*not of this deployment", "its tags are not those of its ticket, or the App is not installed there", "who changed tags? is the App still installed?"),
    (r"claim refused: 403.*too late", "it asked after the limit register", "the image boots too slowly, or the function was down"),
    (r"claim refused: 403.*claimed already", "it was given a configuration before, and the answer was lost", "nothing: another instance is launched"),
    (r"claim refused: 410", "its pool was taken out or changed after the launch", "nothing"),
    (r"claim: 500", "the function is set up wrongly: the words name the key", "docs/troubleshooting.md#500"),
    (r"claim: (?:429|50[234])", "the function, GitHub, STS or EC2 is at its limit or does not answer", "a passing fault; if it lasts, make doctor and githubstatus.com"),
    (r"claim: (?:404|405|30[12378])", "something else than the function answers at its URL", "the parameter url must be the function's own: scripts/mayfly deploy"),
    (r"claim: no answer|claim: urllib|claim: Connection|claim: Remote|claim: .*(?:timed out|unreachable|Name or service)", "it can't reach the function's URL",
     "the subnet's route, NAT gateway or public address, port 443 of the security group, DNS; the parameter url: make doctor"),
    (r"claim: no identity", "the metadata service gave it no identity", "a passing fault; else instance metadata must be enabled"),
    (r"claim: ", "its claim failed with these words", "docs/troubleshooting.md#the-instances-console"),
    (r"runner ended with 7", "GitHub no longer accepts this version of the runner", "make build-image; for stock images a newer Mayfly"),
    (r"powering off: not connected", "the limit register was over before its runner was connected", "what its lines before say; a slow image wants a longer timeouts.register"),
    (r"powering off: no job", "no job came in timeouts.idle", "nothing, where another runner took the job"),
    (r"powering off: hard limit", "timeouts.max was over", "a longer timeouts.max, if jobs are longer"),
    (r"powering off: spot interruption", "AWS took the spot instance back", "run the job again; on-demand for long jobs"),
    (r"powering off: script is gone", "something killed its script", "memory? look at the whole console"),
    (r"downloading ", "it downloads the runner, as stock images do", "a prepared image boots faster: make build-image"),
    (r"waiting for the image's updates", "updates of the image's own are under way", "make build-image: an image that updates nothing at boot"),
    (r"job started", "a job runs there", "nothing"),
]
EMPTY = ("its console is empty", "it does not boot, its image has no cloud-init, or EC2 has not fetched the console yet: does the image suit the type?")


def lines(text):
    """Those of a sentence's console=, without empty ones."""
    return [each.rstrip() for each in text.splitlines() if each.strip()]


def meaning(text):
    """Which of its lines tells, what that means, and the cure; None where none of ours is there."""
    found = lines(text)
    if not found or found == ["(empty)"]:
        return None, *EMPTY
    # That it powers off says less than why.
    for skipped in (r"powering off: (?:ended|not connected)", None):
        for line in reversed(found):
            if skipped and re.search(skipped, line):
                continue
            for pattern, means, cure in MEANINGS:
                if re.search(rf"mayfly: [0-9]+ (?:\S+ )?{pattern}|^{pattern}", line):
                    return line.strip(), means, cure
    return None
