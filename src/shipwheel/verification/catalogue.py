"""Every check there is, in the order in which a person reads them; adding one is adding it here."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from shipwheel.errors import ConfigurationError
from shipwheel.verification.check import Check, Rule, Subject
from shipwheel.verification.plugins import brought
from shipwheel.verification.rules import (
    archive,
    archive_names,
    binaries,
    build,
    build_inputs,
    classifiers,
    completeness,
    contacts,
    contents,
    declared,
    description,
    entry_points,
    extras,
    filenames,
    import_names,
    imports,
    install,
    leftovers,
    licenses,
    linkage,
    macos,
    manylinux,
    metadata,
    package_data,
    packages,
    python_versions,
    record,
    requirements,
    sdist,
    sdist_sources,
    sdist_strays,
    set_contents,
    sources,
    stable_abi,
    startup,
    tag_pythons,
    tags,
    undeclared,
    wheel_headers,
    windows,
)

CHECKS: tuple[type[Check[Any]], ...] = (
    *archive.CHECKS,
    *archive_names.CHECKS,
    *filenames.CHECKS,
    *metadata.CHECKS,
    *contacts.CHECKS,
    *description.CHECKS,
    *classifiers.CHECKS,
    *licenses.CHECKS,
    *python_versions.CHECKS,
    *requirements.CHECKS,
    *declared.CHECKS,
    *import_names.CHECKS,
    *entry_points.CHECKS,
    *wheel_headers.CHECKS,
    *record.CHECKS,
    *tags.CHECKS,
    *tag_pythons.CHECKS,
    *binaries.CHECKS,
    *linkage.CHECKS,
    *manylinux.CHECKS,
    *macos.CHECKS,
    *windows.CHECKS,
    *stable_abi.CHECKS,
    *contents.CHECKS,
    *leftovers.CHECKS,
    *packages.CHECKS,
    *package_data.CHECKS,
    *sources.CHECKS,
    *undeclared.CHECKS,
    *startup.CHECKS,
    *sdist.CHECKS,
    *build_inputs.CHECKS,
    *sdist_sources.CHECKS,
    *sdist_strays.CHECKS,
    *completeness.CHECKS,
    *set_contents.CHECKS,
    *install.CHECKS,
    *imports.CHECKS,
    *extras.CHECKS,
    *build.CHECKS,
)


def checks() -> tuple[type[Check[Any]], ...]:
    """Give every check: ours, then those that installed distributions bring (plugins.py)."""
    return (*CHECKS, *brought(CHECKS))


def rules() -> tuple[Rule, ...]:
    """Give every rule: id, family, subject, level, title, hint and reason."""
    return tuple(check.rule() for check in checks())


def of_subject(*subjects: Subject) -> tuple[type[Check[Any]], ...]:
    """Give the checks that look at one of these."""
    return tuple(check for check in checks() if check.subject in subjects)


def rule_named(name: str) -> Rule:
    """Give a rule by its id; raises ConfigurationError, with the nearest, where there is none."""
    known = {rule.id: rule for rule in rules()}
    if name not in known:
        raise ConfigurationError(
            f"there is no rule {name!r}", where="shipwheel verify", hint=nearest(name, known)
        )
    return known[name]


def nearest(name: str, known: Iterable[str]) -> str:
    """Give the hint for an id that no rule has."""
    near = difflib.get_close_matches(name, tuple(known), n=1, cutoff=0.5)
    listed = "`shipwheel verify --list-rules` names them all"
    return f"did you mean {near[0]!r}? {listed}" if near else listed
