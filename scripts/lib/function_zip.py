"""What native-deploy must know of a zip before it takes it for the function.

function_zip.py ZIP           ends with an error unless Lambda takes it; prints what machine its bootstrap is for
function_zip.py given ZIP     the same for one from elsewhere, whose checksum must be FUNCTION_ZIP_SHA256 where that is set, else what a
                              file SHA256SUMS beside it says
"""

import hashlib
import os
import pathlib
import re
import sys
import zipfile
import zlib

MB = 1024 * 1024
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; the 50 MB there are for an upload that does not go by S3.
UNZIPPED = 250 * MB
# e_machine of the ELF header: two bytes at 18, little endian.
MACHINES = {b"\x3e\x00": "x86_64", b"\xb7\x00": "arm64"}
CHUNK = MB


class Problem(Exception):
    """What is wrong with the file, to follow its name."""


def checksum(path):
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def wanted(path):
    """The checksum that it must have, and who says so; None where nobody does."""
    given = os.environ.get("FUNCTION_ZIP_SHA256")
    if given:
        if not re.fullmatch("[0-9a-fA-F]{64}", given):
            raise Problem(f"can't be compared: FUNCTION_ZIP_SHA256 is no SHA-256, but {given}")
        return given.lower(), "FUNCTION_ZIP_SHA256"
    sums = path.with_name("SHA256SUMS")
    if not sums.exists():
        return None
    for line in sums.read_text(errors="replace").splitlines():
        found = re.fullmatch(r"([0-9a-fA-F]{64}) [ *](?:\./)?(.+)", line)
        if found and found[2] == path.name:
            return found[1].lower(), str(sums)
    raise Problem(f"is not named in {sums}, which lies beside it; FUNCTION_ZIP_SHA256 says what it must be")


def check_sum(path):
    known = wanted(path)
    if known and checksum(path) != known[0]:
        raise Problem(f"is not what it should be: its SHA-256 is another one than {known[1]} says. Download it again")


def architecture(path):
    try:
        with zipfile.ZipFile(path) as archive:
            return of_entries(archive)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as mistake:
        raise Problem(f"is no whole zip ({mistake}). Download or build it again") from None


def of_entries(archive):
    entries = archive.infolist()
    unzipped = sum(entry.file_size for entry in entries)
    if unzipped > UNZIPPED:
        raise Problem(f"has {unzipped / MB:.0f} MB unzipped, and Lambda takes {UNZIPPED // MB} at most")
    found = [entry for entry in entries if entry.filename == "bootstrap"]
    if not found:
        raise Problem("has no bootstrap: it is not the native function. Run make native")
    if len(found) > 1:
        raise Problem(f"has {len(found)} entries with the name bootstrap, of which nobody knows which one counts")
    for entry in entries:
        with archive.open(entry) as content:
            # To its end, where its checksum is compared.
            while content.read(CHUNK):
                pass
    with archive.open(found[0]) as content:
        head = content.read(20)
    if head[:4] != b"\x7fELF":
        raise Problem("has a bootstrap that is no Linux binary")
    if head[4:7] != b"\x02\x01\x01" or head[18:20] not in MACHINES:
        raise Problem("has a bootstrap for another machine than x86_64 and arm64")
    return MACHINES[head[18:20]]


def main(arguments):
    path = pathlib.Path(arguments[-1])
    try:
        if arguments[0] == "given":
            check_sum(path)
        print(architecture(path))
    except Problem as problem:
        return f"error: {path} {problem}"
    except OSError as failure:
        return f"error: {failure.filename or path} can't be read: {failure.strerror}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
