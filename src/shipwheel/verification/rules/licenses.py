"""Licences: the files that the metadata names are there, and it speaks with one voice (PEP 639)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from shipwheel.verification.check import Context, MetadataCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts


class Files(MetadataCheck):
    """Every License-File is in the file, where PEP 639 puts it.

    In a wheel below `.dist-info/licenses/`, in an sdist below the root. PyPI refuses a file without.
    """

    id = "license-file"
    hint = "see `license-files` in [project]; the file must be in the tree when the sdist is built"

    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        told = facts.metadata is not None and facts.metadata.all("license-file")
        return super().applies(facts, context) or ("" if told else "no License-File")

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        assert facts.metadata is not None
        lost = [path for path in facts.metadata.all("license-file") if not self._there(path, facts)]
        if lost:
            # setuptools wrote the field into older metadata, before it had a meaning
            level = None if facts.metadata.license_files else Level.WARNING
            yield Problem(f"License-File names what is not there: {sample(lost)}", level=level)

    @staticmethod
    def _there(path: str, facts: Archive) -> bool:
        names = {m.name.removeprefix("./") for m in facts.members}
        if isinstance(facts, SdistFacts):
            return any(f"{root}/{path}" in names for root in facts.roots)
        assert facts.metadata is not None
        if facts.metadata.license_files:
            return any(f"{folder}/licenses/{path}" in names for folder in facts.dist_infos)
        file = posixpath.basename(path)
        return any(
            f"{folder}/{below}{name}" in names
            for folder in facts.dist_infos
            for below in ("", "licenses/", "license_files/")
            for name in (file, path)
        )


class OneVoice(MetadataCheck):
    """License-Expression stands alone, without the older ways to say the same.

    `License ::` classifiers beside it are an error by PEP 639, and backends of today refuse to build
    so; a `License` beside it is ignored.
    """

    id = "license-twice"
    hint = 'keep `license = "…"` (an SPDX expression) and drop the classifiers and the old table'

    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        told = facts.metadata is not None and facts.metadata.first("license-expression")
        return super().applies(facts, context) or ("" if told else "no License-Expression")

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert facts.metadata is not None
        classifiers = [c for c in facts.metadata.classifiers if c.startswith("License ::")]
        expression = facts.metadata.first("license-expression")
        if classifiers:
            level = Level.ERROR if context.releasing else Level.WARNING
            told = f"License-Expression {expression!r} beside {sample(classifiers)}"
            yield Problem(told, level=level)
        if facts.metadata.first("license").strip():
            told = f"License-Expression {expression!r} beside a License"
            yield Problem(told, level=Level.WARNING)


CHECKS = (Files, OneVoice)
