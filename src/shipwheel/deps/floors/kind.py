"""Whether a project is a library or an application, and who said so: their bounds are judged apart."""

from __future__ import annotations

from typing import Literal

from shipwheel.project.facts import Fact, Project

ProjectKind = Literal["library", "application"]
SETTING = "[tool.shipwheel.deps] kind"


def project_kind(project: Project) -> Fact[ProjectKind]:
    """Give the kind by the configuration or a `Private ::` classifier; a library where neither says so.

    Commands say nothing: Flask has one, and is a library to everybody who requires it.
    """
    told = project.config.deps.kind
    if told is not None:
        return Fact[ProjectKind](value=told, origin=SETTING)
    if project.private:
        return Fact[ProjectKind](value="application", origin="its classifier `Private ::`")
    return Fact[ProjectKind](
        value="library", origin="nothing says otherwise", weak=True, settle=SETTING
    )
