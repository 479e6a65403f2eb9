"""Requirement files, as pip reads them, turned into plain requirements."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from shipwheel.project.names import requirement_extras
from shipwheel.project.tree import Tree

_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION = re.compile(
    r"(?P<flag>-[rce]|--requirement|--constraint|--editable)(?:[ =]+|(?<=-[rce]))(?P<value>.+)"
)
_HASHES = re.compile(r"\s+--(?:hash|config-settings?|global-option)[ =]\S+")
_OWN = re.compile(r"\.?(?:/|\$\{?PWD\}?/?)?(?:\[(?P<extras>[^\]]+)\])?(?:\s*;.*)?$")
_DEEPEST = 6
_WITH_FILE = frozenset({"-r", "-c", "-e", "--requirement", "--constraint", "--editable"})
_WITH_VALUE = frozenset(
    {
        "--index-url",
        "--extra-index-url",
        "-i",
        "-f",
        "--find-links",
        "--python",
        "-p",
        "--no-binary",
    }
    | {
        "--only-binary",
        "-t",
        "--target",
        "--config-settings",
        "-C",
        "--progress-bar",
        "--upgrade-strategy",
    }
)
# what these say concerns indexes and formats, never what is needed
_HARMLESS = ("--pre", "--prefer-binary", "--no-binary", "--only-binary", "--use-pep517")


@dataclass
class Lines:
    """What requirement lines come to.

    `requirements` are PEP 508 strings, `extras` and `groups` the project's own, `constraints`
    files relative to the root, `ignored` the lines that mean nothing here (another index, another
    folder), to be told to the user.
    """

    requirements: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def extend(self, other: Lines) -> None:
        """Add another's findings."""
        for name in ("requirements", "extras", "groups", "constraints", "ignored", "missing"):
            mine = getattr(self, name)
            mine += [each for each in getattr(other, name) if each not in mine]


def read_requirement_file(
    tree: Tree, path: str, *, above: tuple[str, ...] = (), skip: frozenset[str] = frozenset()
) -> Lines:
    """Give what a file and those that it includes ask for; `skip` are files that are not followed."""
    found = Lines()
    text = tree.read(path)
    if text is None:
        found.missing.append(path)
        return found
    folder = posixpath.dirname(path)
    for line in logical_lines(text):
        found.extend(read_line(tree, line, folder=folder, above=(*above, path), skip=skip))
    return found


def read_install_words(tree: Tree, words: Sequence[str]) -> Lines:
    """Give what the arguments of `pip install` (or uv's, or nox's `session.install`) ask for."""
    found = Lines()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word in _WITH_FILE:
            found.extend(read_line(tree, " ".join((word, *waiting[:1]))))
            waiting = waiting[1:]
        elif word.partition("=")[0] in {"--group", "--extra"}:
            flag, separator, value = word.partition("=")
            names = found.groups if flag == "--group" else found.extras
            names += [value] if separator else waiting[:1]
            waiting = waiting if separator else waiting[1:]
        elif word in _WITH_VALUE:
            waiting = waiting[1:]
        elif word.startswith(("-r", "-e", "-c")) or not word.startswith("-"):
            found.extend(read_line(tree, word))
    return found


def install_words(argv: Sequence[str]) -> Sequence[str]:
    """Give the arguments of a command that installs (`python -m pip install …`); empty for any other."""
    head = [word.replace("\\", "/").rpartition("/")[2].rpartition(">")[2] for word in argv[:4]]
    if "install" in head and head[0] in {"pip", "pip3", "python", "uv"} and "pip" in head:
        return argv[head.index("install") + 1 :]
    return ()


def logical_lines(text: str) -> list[str]:
    """Give the lines without comments, those that end in a backslash joined with the next."""
    joined = re.sub(r"\\\r?\n", " ", text)
    clean = (_COMMENT.sub("", line).strip() for line in joined.splitlines())
    return [line for line in clean if line]


def read_line(
    tree: Tree,
    line: str,
    *,
    folder: str = "",
    above: tuple[str, ...] = (),
    skip: frozenset[str] = frozenset(),
) -> Lines:
    """Give what one line asks for; paths in it are relative to `folder`."""
    line = _HASHES.sub("", line.strip())
    option = _OPTION.fullmatch(line)
    if option is not None:
        return _option(tree, option, folder, above, skip)
    if line.startswith("-"):
        return Lines(ignored=[] if line.startswith(_HARMLESS) else [line])
    return _requirement(line)


def _option(
    tree: Tree, option: re.Match[str], folder: str, above: tuple[str, ...], skip: frozenset[str]
) -> Lines:
    flag, value = option["flag"], option["value"].strip().strip("'\"")
    if flag in {"-e", "--editable"}:
        return _editable(value, option[0])
    if "://" in value:
        return Lines(ignored=[option[0]])
    path = posixpath.normpath(posixpath.join(folder, value))
    if flag in {"-c", "--constraint"}:
        return Lines(constraints=[path]) if tree.is_file(path) else Lines(missing=[path])
    if path in skip or path in above or len(above) > _DEEPEST:
        return Lines()
    return read_requirement_file(tree, path, above=above, skip=skip)


def _editable(value: str, line: str) -> Lines:
    own = _own_extras(value)
    if own is not None:
        return Lines(extras=list(own))
    if value.startswith(("git+", "hg+", "https://")):
        return _requirement(value)
    return Lines(ignored=[line])


def _requirement(line: str) -> Lines:
    own = _own_extras(line)
    if own is not None:
        return Lines(extras=list(own))
    if line.startswith(("git+", "hg+", "https://", "http://", "file:")):
        _, found, egg = line.partition("#egg=")
        name = re.split(r"[&\[]", egg)[0]
        return Lines(requirements=[f"{name} @ {line.partition('#')[0]}" if found else line])
    if line.startswith((".", "/", "~")) or line.endswith((".whl", ".tar.gz")):
        return Lines(ignored=[line])
    return Lines(requirements=[line])


def _own_extras(text: str) -> tuple[str, ...] | None:
    """Give the extras of a line that installs the project itself; None for any other line."""
    found = _OWN.fullmatch(text.strip())
    if found is None or not text.strip() or not text.strip().startswith((".", "[", "/", "$")):
        return None
    return requirement_extras(f"own[{found['extras']}]") if found["extras"] else ()
