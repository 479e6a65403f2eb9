"""Whether a project is a library or an application, and who said so: their bounds are judged apart."""

from __future__ import annotations

from typing import Literal

from shipwheel.project.facts import Fact, Project

ProjectKind = Literal["library", "application"]
SETTING = "[tool.shipwheel.deps] kind"
_SCRIPTS = ("console_scripts", "gui_scripts")


def project_kind(project: Project) -> Fact[ProjectKind]:
    """Give the kind by the configuration, a `Private ::` classifier, or the entry points.

    A project that brings commands and no plugins is taken for an application, which is a guess: many
    libraries have a command beside.
    """
    told = project.config.deps.kind
    if told is not None:
        return Fact[ProjectKind](value=told, origin=SETTING)
    if project.private:
        return Fact[ProjectKind](value="application", origin="its classifier `Private ::`")
    groups = {name for name, points in project.entry_points.value.items() if points}
    if groups and groups <= set(_SCRIPTS):
        return Fact[ProjectKind](
            value="application", origin="its commands and nothing else", weak=True, settle=SETTING
        )
    return Fact[ProjectKind](value="library", origin="by default", weak=True, settle=SETTING)
