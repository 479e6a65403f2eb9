"""Rules of a company: each is a class, its docstring the title and, below it, the reason."""

from shipwheel.verification.check import ArchiveCheck, WheelCheck
from shipwheel.verification.report import Level


class Licensed(ArchiveCheck):
    """A distribution says which licence it has.

    The legal department asks for it.
    """

    id = "acme-licence"
    hint = "add `license` to [project]"

    def applies(self, facts, context):
        return "" if facts.metadata else "there is no metadata"

    def problems(self, facts, context):
        if not facts.metadata.license_files:
            yield f"{facts.file.filename} names no licence file"


class Small(WheelCheck):
    """A wheel is small enough for the devices that it goes to."""

    id = "acme-size"
    level = Level.WARNING
    hint = "leave out what a device does not need"

    def problems(self, facts, context):
        if facts.file.size > 1_000_000:
            yield f"{facts.file.size} bytes"


RULES = (Licensed, Small)
