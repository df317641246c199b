"""The function as it is handed over: a zip with the native binary, called bootstrap."""

import hashlib
import pathlib
import zipfile

from .problem import Problem

# ELF, 64 bit, little endian: the machine stands at byte 18 (e_machine of the ELF specification).
MACHINES = {0x3E: "x86_64", 0xB7: "arm64"}
# Lambda takes no more, unpacked.
MOST = 250 * 1024 * 1024


class FunctionZip:
    """A zip that was looked at where it lies, before it replaces anything."""

    def __init__(self, path):
        """Raises Problem that says what the file is instead."""
        self.path = pathlib.Path(path)
        try:
            content = self.path.read_bytes()
        except OSError as failure:
            raise Problem(f"{path} can't be read: {failure.strerror}") from None
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.size = len(content)
        self.architecture = self.machine()

    def machine(self):
        try:
            with zipfile.ZipFile(self.path) as archive:
                names = [entry.filename for entry in archive.infolist()]
                if names.count("bootstrap") != 1:
                    raise Problem(f"{self.path} has {'no' if 'bootstrap' not in names else 'more than one'} bootstrap: it is not the native function. make native builds it")
                if sum(entry.file_size for entry in archive.infolist()) > MOST:
                    raise Problem(f"{self.path} is larger than the 250 MB that Lambda takes, unpacked")
                damaged = archive.testzip()
                if damaged:
                    raise Problem(f"{self.path} is damaged: {damaged}")
                with archive.open("bootstrap") as binary:
                    head = binary.read(20)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as failure:
            raise Problem(f"{self.path} is no whole zip: {failure}") from None
        if head[:6] != b"\x7fELF\x02\x01" or head[18] not in MACHINES or head[19]:
            raise Problem(f"the bootstrap in {self.path} is no Linux binary for x86_64 or arm64")
        return MACHINES[head[18]]
