"""The project's own settings: `[tool.shipwheel]`, or `shipwheel.toml` where there is no pyproject."""

from __future__ import annotations

from typing import Literal

import msgspec


class TestConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """How tests run; what is left out is found in the project."""

    command: tuple[str | tuple[str, ...], ...] | None = None  # one argv, or several
    extras: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    requires: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    paths: tuple[str, ...] | None = None


class WheelsConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Which platform wheels are shipped; the default is the Catalog's."""

    platforms: tuple[str, ...] | None = None
    allow_pure: bool = False  # an optional extension may be missing from the wheel


class VerifyConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """What `verify` looks at beside what every project needs."""

    modules: tuple[str, ...] | None = None
    smoke: str = ""
    ignore: dict[str, str] = {}


class PublishConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Where `publish` sends files unless it is told otherwise."""

    index: str = "pypi"


class IndexConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """A named index; credentials never stand here."""

    upload: str
    simple: str


class CiConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Where workflows are rendered for, and where shipwheel itself comes from there."""

    providers: tuple[Literal["github", "gitlab"], ...] = ("github",)
    tool: str | None = None


class WorkspaceConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """The packages of a repository that holds several."""

    members: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """`[tool.shipwheel]`, typed and strict; every key has a default."""

    pythons: tuple[str, ...] | None = None
    allow_failure: tuple[str, ...] = ()
    kind: Literal["pure", "extension", "abi3"] | None = None
    packages: dict[str, str] | None = None  # import name -> folder or file in the tree
    installer: Literal["uv", "pip"] = "uv"
    test: TestConfig = TestConfig()
    wheels: WheelsConfig = WheelsConfig()
    verify: VerifyConfig = VerifyConfig()
    publish: PublishConfig = PublishConfig()
    index: dict[str, IndexConfig] = {}
    ci: CiConfig = CiConfig()
    workspace: WorkspaceConfig = WorkspaceConfig()
