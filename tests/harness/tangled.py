"""Distributions that exclude one another and require one another in circles, as tiny wheels and as projects.

`TEN` are ten names with each kind of conflict and cycle; `many` makes as many packages of one house as
a benchmark wants. Both are values: `write_wheels` puts them into a folder that an index serves,
`write_projects` writes a pyproject.toml each, as in a repository of many packages.
"""

from __future__ import annotations

import base64
import hashlib
import random
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution: what its metadata says, and the import name of its one module."""

    name: str
    version: str = "1.0"
    requires: tuple[str, ...] = ()
    requires_python: str = ""
    extras: Mapping[str, tuple[str, ...]] = {}

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")


def made(name: str, version: str = "1.0", *requires: str, python: str = "") -> Made:
    return Made(name=name, version=version, requires=requires, requires_python=python)


# `core` is what is contested
TEN = (
    made("core", "1.0"),
    made("core", "1.1"),
    made("core", "2.0"),
    # alder and birch pin it apart: an older alder does nothing for birch, a newer one would agree
    made("alder", "1.0", "core==1.0"),
    made("alder", "1.1", "core<2"),
    made("alder", "2.0", "core>=2"),
    made("birch", "0.9", "core>=1.1"),
    made("birch", "1.0", "core==2.0"),
    # a cycle of two that can be installed
    made("cedar", "1.0", "dogwood>=1"),
    made("dogwood", "1.0", "cedar>=1"),
    # a cycle of three that cannot: its last wants an elm that is no more
    made("elm", "1.0", "fir"),
    made("fir", "1.0", "ginkgo"),
    made("ginkgo", "1.0", "elm<1"),
    # three levels down: hazel by way of birch
    made("hazel", "1.0", "birch>=1"),
    # Pythons that exclude each other, an extra that is not there, a name that nothing provides
    made("ivy", "1.0", "core>=1", python="<3.9"),
    made("ivy", "1.1", "core[speed]>=1", "corre>=1"),
)
NAMES = tuple(dict.fromkeys(each.name for each in TEN))


def write_wheel(folder: Path, dist: Made) -> Path:
    """Write a valid pure wheel with a RECORD and one module."""
    info = f"{dist.module}-{dist.version}.dist-info"
    members = {
        f"{dist.module}/__init__.py": "",
        f"{info}/METADATA": metadata(dist),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [
        f"{name},sha256={_record_hash(text)},{len(text.encode())}" for name, text in members.items()
    ]
    members[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    path = folder / f"{dist.module}-{dist.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def write_wheels(folder: Path, dists: Iterable[Made] = TEN) -> Path:
    """Write a wheel each into a folder that is made where it is missing, and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for dist in dists:
        write_wheel(folder, dist)
    return folder


def write_projects(folder: Path, dists: Iterable[Made]) -> Path:
    """Write a project each: NAME/pyproject.toml and NAME/src/MODULE/__init__.py."""
    for dist in dists:
        module = folder / dist.name / "src" / dist.module
        module.mkdir(parents=True)
        (module / "__init__.py").write_text("", "utf-8")
        (folder / dist.name / "pyproject.toml").write_text(pyproject(dist), "utf-8")
    return folder


def metadata(dist: Made) -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {dist.name}", f"Version: {dist.version}"]
    if dist.requires_python:
        lines.append(f"Requires-Python: {dist.requires_python}")
    lines += [f"Requires-Dist: {each}" for each in dist.requires]
    for extra, requires in dist.extras.items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {each} ; extra == "{extra}"' for each in requires]
    return "\n".join(lines) + "\n"


def pyproject(dist: Made) -> str:
    python = f'requires-python = "{dist.requires_python}"\n' if dist.requires_python else ""
    extras = "".join(f"{extra} = {list(each)}\n" for extra, each in dist.extras.items())
    return (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
        f'[project]\nname = "{dist.name}"\nversion = "{dist.version}"\n{python}'
        f"dependencies = {list(dist.requires)}\n"
        + (f"\n[project.optional-dependencies]\n{extras}" if extras else "")
    )


def third_party(count: int = 20) -> tuple[Made, ...]:
    """Give what a house requires of others: `third-00` …, in the versions 1.0, 1.5 and 2.0 each."""
    return tuple(
        made(f"third-{number:02}", version)
        for number in range(count)
        for version in ("1.0", "1.5", "2.0")
    )


def many(
    count: int = 200, *, conflicts: int = 0, cycles: int = 0, third: int = 20, seed: int = 1
) -> tuple[Made, ...]:
    """Give the packages of a house, `house-000` …: each requires up to five others and two of `third_party`.

    Without `conflicts` and `cycles` all can be installed together, and nothing goes round. A conflict is
    a pair of packages that pin the same `third-NN` apart; a cycle is three packages in a ring.
    """
    chance = random.Random(seed)
    requires = {number: _required(number, third, chance) for number in range(count)}
    for number in range(conflicts):
        requires[2 * number].append(f"third-{number % third:02}==1.0")
        requires[2 * number + 1].append(f"third-{number % third:02}>=2")
    for number in range(cycles):
        first = count - 3 * number - 3
        for place in range(3):
            requires[first + place].append(f"house-{first + (place + 1) % 3:03}")
    return tuple(
        made(f"house-{number:03}", "1.0", *dict.fromkeys(each), python=">=3.9")
        for number, each in requires.items()
    )


def _required(number: int, third: int, chance: random.Random) -> list[str]:
    earlier = sorted(chance.sample(range(number), min(number, chance.randint(0, 5))))
    own = [f"house-{each:03}>=1" for each in earlier]
    return own + [
        f"third-{each:02}>=1" for each in sorted(chance.sample(range(third), min(2, third)))
    ]


def _record_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
