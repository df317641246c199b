"""The function as it is handed over: a zip with the native binary, called bootstrap. It is looked at where it lies, before it replaces anything."""

import pathlib

import function_zip as zips

from .problem import Problem


class FunctionZip:
    """A zip that Lambda takes."""

    def __init__(self, path):
        """Raises Problem that says what the file is instead, or that it is not what a checksum says."""
        self.path = pathlib.Path(path)
        try:
            zips.check_sum(self.path)
            self.architecture = zips.architecture(self.path)
            self.sha256 = zips.checksum(self.path)
        except zips.Problem as problem:
            raise Problem(f"{path} {problem}") from None
        except OSError as failure:
            raise Problem(f"{path} can't be read: {failure.strerror}") from None
