"""The project's own settings: `[tool.shipwheel]`, or `shipwheel.toml` where there is no pyproject."""

from __future__ import annotations

from typing import Literal

import msgspec


class TestConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How tests run; what is left out is found in the project."""

    command: list[str] | list[list[str]] | None = None
    extras: list[str] | None = None
    groups: list[str] | None = None
    requires: list[str] = []
    environment: dict[str, str] = {}
    paths: list[str] | None = None


class WheelsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Which platform wheels are shipped; the default is the Catalog's."""

    platforms: list[str] | None = None
    allow_pure: bool = False  # an optional extension may be missing from the wheel


class VerifyConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What `verify` looks at beside what every project needs."""

    modules: list[str] | None = None
    smoke: str = ""
    ignore: dict[str, str] = {}


class PublishConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Where `publish` sends files unless it is told otherwise."""

    index: str = "pypi"


class IndexConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A named index; credentials never stand here."""

    upload: str
    simple: str


class CiConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Where workflows are rendered for, and where shipwheel itself comes from there."""

    providers: list[Literal["github", "gitlab"]] = ["github"]
    tool: str | None = None


class WorkspaceConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """The packages of a repository that holds several."""

    members: list[str] = []


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """`[tool.shipwheel]`, typed and strict; every key has a default."""

    pythons: list[str] | None = None
    allow_failure: list[str] = []
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
