"""What can be wrong with names, metadata and entry points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from bases import TEMPLATES
from faulty import Fault, Wheel

from shipwheel.project.facts import Project
from shipwheel.project.read import read_project

WHEEL, SDIST = "itsdangerous-wheel", "itsdangerous-sdist"
LINUX, COMPILED_SDIST = "markupsafe-linux", "markupsafe-sdist"
RST = "Title\n=====\n\n.. code-block:: python\n\n    import x\n\nSee `that <https://x.test>`_.\n"


def _set(field: str, *values: str | None) -> Callable[[Wheel], None]:
    return lambda file: file.metadata(field, *values)


def _add(field: str, *values: str) -> Callable[[Wheel], None]:
    return lambda file: file.add_metadata(*((field, value) for value in values))


def _requires(*texts: str) -> Callable[[Wheel], None]:
    return _add("Requires-Dist", *texts)


def _named(filename: str) -> Callable[[Wheel], None]:
    def change(file: Wheel) -> None:
        file.filename = filename

    return change


def _described(text: str, content_type: str | None) -> Callable[[Wheel], None]:
    def change(file: Wheel) -> None:
        file.metadata("Description-Content-Type", content_type)
        file.description(text)

    return change


def _points(text: str) -> Callable[[Wheel], None]:
    return lambda wheel: wheel.write(wheel.own("entry_points.txt"), text)


def _script(value: str, name: str = "danger") -> Callable[[Wheel], None]:
    return _points(f"[console_scripts]\n{name} = {value}\n")


def _header(field: str, *values: str | None) -> Callable[[Wheel], None]:
    return lambda wheel: wheel.header(field, *values)


def _without(name: str) -> Callable[[Wheel], None]:
    return lambda wheel: wheel.remove(wheel.own(name))


def _second_folder(wheel: Wheel) -> None:
    wheel.write(
        "other-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n"
    )


def _latin(wheel: Wheel) -> None:
    name = wheel.metadata_name
    wheel.write(name, wheel.read(name).replace(b"Pallets", b"Caf\xe9", 1))


def _broken_off(wheel: Wheel) -> None:
    name = wheel.metadata_name
    wheel.write(name, wheel.read(name).replace(b"Requires-Python", b"\nRequires-Python", 1))


def _local(wheel: Wheel) -> None:
    wheel.metadata("Version", "2.2.0+g1234567")
    wheel.rename_dist_info("itsdangerous-2.2.0+g1234567.dist-info")
    wheel.filename = wheel.filename.replace("2.2.0", "2.2.0+g1234567")


def _fallback(wheel: Wheel) -> None:
    wheel.metadata("Version", "0.0.0")
    wheel.rename_dist_info("itsdangerous-0.0.0.dist-info")
    wheel.filename = wheel.filename.replace("2.2.0", "0.0.0")


def _cased(wheel: Wheel) -> None:
    wheel.filename = wheel.filename.replace("itsdangerous", "ItsDangerous")
    wheel.rename_dist_info("ItsDangerous-2.2.0.dist-info")


def _folder(wheel: Wheel) -> None:
    wheel.rename_dist_info("ItsDangerous-2.2.0.dist-info")


def _no_license(wheel: Wheel) -> None:
    wheel.remove(wheel.own("licenses/LICENSE.txt"))


def _large(wheel: Wheel) -> None:
    block = bytes((n * n * 7 + n // 251) % 251 for n in range(1 << 20))
    wheel.raw(lambda data: data + block * 101)


def _scripts_twice(wheel: Wheel) -> None:
    wheel.write(wheel.own("entry_points.txt"), "[console_scripts]\ndanger = itsdangerous:Signer\n")
    wheel.write(f"{wheel.dist_info.removesuffix('.dist-info')}.data/scripts/danger", "#!python\n")


@cache
def _starter() -> Project:
    return read_project(TEMPLATES / "pure")


def _project() -> Mapping[str, Any]:
    return {"project": _starter()}


def _other_scripts(wheel: Wheel) -> None:
    wheel.edit(wheel.own("entry_points.txt"), "spanwords =", "spanword =")


_NAMES = (
    Fault("a name of four parts", "filename-valid", WHEEL, _named("itsdangerous-2.2.0-any.whl")),
    Fault("no version", "filename-valid", SDIST, _named("itsdangerous.tar.gz")),
    Fault("capitals", "filename-normalized", WHEEL, _cased, "warning"),
    Fault(
        "a version of another form",
        "filename-normalized",
        SDIST,
        _named("itsdangerous-2.2.0.post.tar.gz"),
        "warning",
    ),
    Fault("the folder in capitals", "filename-folder", WHEEL, _folder, "warning"),
    Fault("101 MiB", "file-size", WHEEL, _large, "warning", says=("MiB",)),
    Fault("no METADATA", "metadata-present", WHEEL, _without("METADATA")),
    Fault("no WHEEL", "metadata-present", WHEEL, _without("WHEEL")),
    Fault("two folders", "metadata-present", WHEEL, _second_folder),
    Fault("another name", "metadata-agrees", WHEEL, _set("Name", "safe")),
    Fault("another version", "metadata-agrees", WHEEL, _set("Version", "2.2.1"), says=("2.2.1",)),
    Fault(
        "renamed",
        "metadata-agrees",
        WHEEL,
        _named("itsdangerous-2.3.0-py3-none-any.whl"),
        says=("2.3.0",),
    ),
    Fault("a local version", "version-local", WHEEL, _local, "warning"),
    Fault("version 0.0.0", "version-fallback", WHEEL, _fallback, "warning"),
)
_FIELDS = (
    Fault("a field that is none", "metadata-fields", WHEEL, _add("Flavour", "sweet")),
    Fault("two names", "metadata-fields", WHEEL, _add("Name", "other"), says=("2 times",)),
    Fault("no Metadata-Version", "metadata-fields", WHEEL, _set("Metadata-Version", None)),
    Fault("Metadata 9.0", "metadata-fields", WHEEL, _set("Metadata-Version", "9.0")),
    Fault("a version that is none", "metadata-fields", WHEEL, _set("Version", "2.2.0-fix.me")),
    Fault("a dependency that is none", "metadata-fields", WHEEL, _requires("six >= two")),
    Fault("a Python that is none", "metadata-fields", WHEEL, _set("Requires-Python", ">3,eleven")),
    Fault("a licence that is none", "metadata-fields", LINUX, _set("License-Expression", "BSD 3")),
    Fault("a URL without a label", "metadata-url", WHEEL, _add("Project-URL", "https://x.test")),
    Fault("a URL that is none", "metadata-url", WHEEL, _add("Project-URL", "Home, x.test/home")),
    Fault(
        "a label of 40 letters",
        "metadata-url",
        WHEEL,
        _add("Project-URL", f"{'L' * 40}, http://x.test"),
    ),
    Fault(
        "an address without @",
        "metadata-email",
        WHEEL,
        _set("Maintainer-email", "Pallets <contact at x.test>"),
        "warning",
    ),
    Fault("a summary of 600 letters", "metadata-summary", WHEEL, _set("Summary", "s" * 600)),
    Fault(
        "a template's braces",
        "metadata-placeholder",
        WHEEL,
        _set("Summary", "{{ cookiecutter.description }}"),
        "warning",
    ),
    Fault(
        "a list's own text",
        "metadata-placeholder",
        WHEEL,
        _set("Keywords", "['safe', 'signed']"),
        "warning",
    ),
    Fault(
        "a file's name for a description",
        "metadata-placeholder",
        WHEEL,
        lambda wheel: wheel.description("README.md\n"),
        "warning",
    ),
    Fault("Latin-1", "metadata-encoding", WHEEL, _latin),
    Fault(
        "UTF-8 read as Latin-1",
        "metadata-encoding",
        WHEEL,
        _set("Summary", "Caf\xc3\xa9 and data"),
        "warning",
    ),
    Fault("fields broken off", "metadata-encoding", WHEEL, _broken_off),
    Fault("no description", "description-present", WHEEL, lambda w: w.description(""), "warning"),
    Fault(
        "broken markup",
        "description-renders",
        WHEEL,
        _described("Title\n==\n\n`a <b\n", "text/x-rst"),
    ),
    Fault(
        "Markdown that is said to be reStructuredText",
        "description-type",
        WHEEL,
        _set("Description-Content-Type", "text/x-rst"),
        "warning",
    ),
    Fault(
        "reStructuredText that is said to be Markdown",
        "description-type",
        WHEEL,
        lambda wheel: wheel.description(RST),
        "warning",
    ),
    Fault(
        "Markdown without a type",
        "description-present",
        WHEEL,
        _set("Description-Content-Type", None),
        "warning",
    ),
    Fault(
        "a type that is none",
        "metadata-fields",
        WHEEL,
        _set("Description-Content-Type", "text/html"),
    ),
)
_MEANING = (
    Fault("a classifier mistyped", "classifier-known", WHEEL, _add("Classifier", "Typing :: Typd")),
    Fault(
        "a deprecated classifier",
        "classifier-deprecated",
        WHEEL,
        _add("Classifier", "Natural Language :: Ukranian"),
        "warning",
    ),
    Fault(
        "a private project",
        "classifier-private",
        WHEEL,
        _add("Classifier", "Private :: Do Not Upload"),
        "warning",
    ),
    Fault(
        "two statuses",
        "classifier-contradiction",
        WHEEL,
        _add("Classifier", "Development Status :: 3 - Alpha"),
        "warning",
    ),
    Fault("no licence file", "license-file", LINUX, _no_license, says=("LICENSE.txt",)),
    Fault(
        "no licence file in the sdist",
        "license-file",
        COMPILED_SDIST,
        lambda sdist: sdist.remove(sdist.inside("LICENSE.txt")),
    ),
    Fault(
        "a licence said twice",
        "license-twice",
        LINUX,
        _add("Classifier", "License :: OSI Approved :: BSD License"),
        "warning",
    ),
    Fault("Python >=4", "requires-python", WHEEL, _set("Requires-Python", ">=3.8,<3")),
    Fault("Python of the future", "requires-python", WHEEL, _set("Requires-Python", ">=3.40")),
    Fault("<=3.12", "requires-python", WHEEL, _set("Requires-Python", ">=3.8,<=3.12"), "warning"),
    Fault(
        "a classifier for an excluded Python",
        "requires-python-classifiers",
        WHEEL,
        _add("Classifier", "Programming Language :: Python :: 3.6"),
        "warning",
    ),
    Fault(
        "a dependency by URL",
        "dependency-url",
        WHEEL,
        _requires("six @ https://x.test/six.zip"),
        "warning",
    ),
    Fault(
        "a dependency on this disk", "dependency-url", WHEEL, _requires("six @ file:///tmp/six.whl")
    ),
    Fault(
        "a local version asked for", "dependency-local", WHEEL, _requires("six==1.0+g1"), "warning"
    ),
    Fault(
        "versions that exclude each other",
        "dependency-unsatisfiable",
        WHEEL,
        _requires("six>=2,<1"),
    ),
    Fault(
        "lines that exclude each other",
        "dependency-unsatisfiable",
        WHEEL,
        _requires("six>=1.16", "six<1.10"),
    ),
    Fault(
        "a system that is none",
        "dependency-marker",
        WHEEL,
        _requires('six; sys_platform == "windows"'),
    ),
    Fault(
        "a Python that cannot be",
        "dependency-marker",
        WHEEL,
        _requires('six; python_version == "3"'),
    ),
    Fault("itself", "dependency-self", WHEEL, _requires("itsdangerous"), "warning"),
    Fault("itself in another version", "dependency-self", WHEEL, _requires("itsdangerous>=3")),
    Fault(
        "an extra that is not provided",
        "dependency-extra",
        WHEEL,
        _requires('six; extra == "fast"'),
        "warning",
    ),
    Fault(
        "an extra twice",
        "dependency-extra",
        WHEEL,
        _add("Provides-Extra", "a_b", "a-b"),
        "warning",
    ),
    Fault(
        "an import name that is not there",
        "import-names",
        "markupsafe-linux",
        lambda w: (
            w.metadata("Metadata-Version", "2.5"),
            w.add_metadata(("Import-Name", "markup")),
        ),
    ),
)
_FOLDER = (
    Fault("no Root-Is-Purelib", "wheel-headers", WHEEL, _header("Root-Is-Purelib", None)),
    Fault("Root-Is-Purelib: maybe", "wheel-headers", WHEEL, _header("Root-Is-Purelib", "maybe")),
    Fault("no tag", "wheel-headers", WHEEL, _header("Tag", None)),
    Fault(
        "a build number in the filename",
        "wheel-build",
        WHEEL,
        _named("itsdangerous-2.2.0-1-py3-none-any.whl"),
        "warning",
    ),
    Fault("a build number inside", "wheel-build", WHEEL, _header("Build", "2")),
    Fault("no section", "entry-points", WHEEL, _points("danger = itsdangerous:Signer\n")),
    Fault("a lost module", "entry-points", WHEEL, _script("itsdangerous.cli:main")),
    Fault("a script without a function", "entry-points", WHEEL, _script("itsdangerous.signer")),
    Fault("a path for a module", "entry-points", WHEEL, _script("itsdangerous/signer.py:main")),
    Fault(
        "a plug-in twice",
        "entry-points",
        WHEEL,
        _points("[x]\na = itsdangerous\na = itsdangerous\n"),
    ),
    Fault("a lost function", "entry-point-attribute", WHEEL, _script("itsdangerous.signer:mian")),
    Fault(
        "a script in a folder",
        "entry-point-name",
        WHEEL,
        _script("itsdangerous.signer:Signer", "bin/danger"),
    ),
    Fault(
        "a script called python",
        "entry-point-name",
        WHEEL,
        _script("itsdangerous.signer:Signer", "python"),
        "warning",
    ),
    Fault("a script twice", "entry-point-name", WHEEL, _scripts_twice),
    Fault(
        "an extra that is not provided",
        "entry-point-extra",
        WHEEL,
        _script("itsdangerous.signer:Signer [fast]"),
        "warning",
    ),
)
_PROJECT = (
    Fault(
        "another project's file",
        "metadata-project",
        "pure-wheel",
        _set("Version", "1.0.1"),
        known=_project,
    ),
    Fault(
        "another dependency than declared",
        "metadata-declared",
        "pure-wheel",
        _requires("six"),
        known=_project,
        says=("six",),
    ),
    Fault(
        "another Python than declared",
        "metadata-declared",
        "pure-sdist",
        _set("Requires-Python", ">=3.10"),
        known=_project,
    ),
    Fault(
        "another script than declared",
        "entry-points-declared",
        "pure-wheel",
        _other_scripts,
        known=_project,
    ),
)

FAULTS = (*_NAMES, *_FIELDS, *_MEANING, *_FOLDER, *_PROJECT)
