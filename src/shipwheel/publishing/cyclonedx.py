"""CycloneDX 1.6 in JSON: the few of its objects that we write, as its schema names them.

https://cyclonedx.org/docs/1.6/json/. Written by hand and not by a library: the job that publishes holds
the right to upload, and each package that it installs can use that. A test holds what is written to the
schema, strictly.
"""

from __future__ import annotations

from typing import Literal

import msgspec

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
Scope = Literal["required", "optional"]


class Hash(msgspec.Struct, frozen=True):
    """A hash in hex."""

    content: str
    alg: str = "SHA-256"


class Property(msgspec.Struct, frozen=True):
    """Something that the schema has no field for."""

    name: str
    value: str


class Reference(msgspec.Struct, frozen=True):
    """A link and the kind of thing that it leads to."""

    type: str
    url: str


class NamedLicense(msgspec.Struct, frozen=True):
    """A license that no SPDX expression names."""

    name: str


class License(msgspec.Struct, frozen=True, omit_defaults=True):
    """Either an SPDX expression or a named license."""

    expression: str | None = None
    license: NamedLicense | None = None


class CommitRef(msgspec.Struct, frozen=True):
    """A commit by its hash."""

    uid: str


class Pedigree(msgspec.Struct, frozen=True):
    """What a component comes from."""

    commits: tuple[CommitRef, ...]


class Component(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"bom_ref": "bom-ref"}
):
    """A project, a file, a dependency, a bundled library or a tool; `components` are what it holds."""

    type: Literal["library", "file", "application"]
    bom_ref: str | None = None
    name: str
    version: str | None = None
    description: str | None = None
    scope: Scope | None = None
    hashes: tuple[Hash, ...] = ()
    licenses: tuple[License, ...] = ()
    purl: str | None = None
    pedigree: Pedigree | None = None
    externalReferences: tuple[Reference, ...] = ()  # noqa: N815 - the schema's name
    components: tuple[Component, ...] = ()
    properties: tuple[Property, ...] = ()


class Dependency(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a component depends on directly, by `bom-ref`."""

    ref: str
    dependsOn: tuple[str, ...] = ()  # noqa: N815 - the schema's name


class Composition(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much is known of what components hold (`assemblies`) and depend on (`dependencies`)."""

    aggregate: Literal["complete", "incomplete", "unknown"]
    assemblies: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


class Lifecycle(msgspec.Struct, frozen=True):
    """When in a component's life the list was made."""

    phase: str = "build"


class Tools(msgspec.Struct, frozen=True):
    """What made the component and the list."""

    components: tuple[Component, ...]


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the list is about, when it was made (ISO 8601) and by what."""

    timestamp: str | None = None
    lifecycles: tuple[Lifecycle, ...]
    tools: Tools
    component: Component


class Bom(msgspec.Struct, frozen=True, kw_only=True):
    """A bill of materials; `serialNumber` is a UUID's URN."""

    schema: str = msgspec.field(default=SCHEMA, name="$schema")
    bomFormat: str = "CycloneDX"  # noqa: N815 - the schema's name
    specVersion: str = "1.6"  # noqa: N815
    serialNumber: str  # noqa: N815
    version: int = 1
    metadata: Metadata
    components: tuple[Component, ...]
    dependencies: tuple[Dependency, ...]
    compositions: tuple[Composition, ...]
