"""What a CI job is told in environment variables: whose record it writes, how far it looks, the tag."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

import msgspec

from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import Tier

JOB = "SHIPWHEEL_JOB"
TIER = "SHIPWHEEL_TIER"
TAG = "SHIPWHEEL_TAG"


class CiCall(msgspec.Struct, frozen=True):
    """What the workflow says beyond the session's name; empty variables count as not set.

    `job` is the Plan's job that the session runs as, `tier` the part of the Plan that this pipeline
    runs, `tag` what the version must equal. `untagged`: the tag's variable is there and empty, which is
    a release workflow started by hand.
    """

    job: str | None = None
    tier: Tier | None = None
    tag: str | None = None
    untagged: bool = False


def ci_call(environ: Mapping[str, str] | None = None, *, package: str | None = None) -> CiCall:
    """Read the variables; raises ConfigurationError for a tier that there is not.

    In a workspace jobs are named `PACKAGE:JOB` and tags `PACKAGE-v1.2`: another package's are none to
    the sessions of `package`, which is built for that one's release too.
    """
    environ = os.environ if environ is None else environ
    return CiCall(
        job=_own(environ.get(JOB, "").strip(), package) or None,
        tier=_tier(environ.get(TIER, "").strip()),
        tag=_own_tag(environ.get(TAG, "").strip(), package) or None,
        untagged=TAG in environ and not environ[TAG].strip(),
    )


def owner_of(tag: str, packages: Iterable[str]) -> str | None:
    """Give the package of a workspace that a tag names, None where it names none: `core-viewer-v1.0`."""
    named = (each for each in packages if re.match(rf"{re.escape(each)}[-_/@]", tag, re.IGNORECASE))
    return max(named, key=len, default=None)


def _own(job: str, package: str | None) -> str:
    owner, colon, own = job.partition(":")
    if package is None or not colon:
        return job
    return own if owner == package else ""


def _own_tag(tag: str, package: str | None) -> str:
    if package is None or re.match(rf"{re.escape(package)}[-_/@]v?[0-9]", tag, re.IGNORECASE):
        return tag
    return ""


def _tier(text: str) -> Tier | None:
    if not text:
        return None
    try:
        return Tier(text)
    except ValueError:
        raise ConfigurationError(
            f"there is no tier {text!r}",
            where=TIER,
            hint=f"it is one of {', '.join(Tier)}",
        ) from None
