"""The pages that are made from the code: keys, exit codes, JSON, functions; rules: rule_pages.py."""

from __future__ import annotations

import enum
import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path

import backend_table
import catalog_tables
import msgspec

import shipwheel
from shipwheel.cli.outcome import Outcome
from shipwheel.dists.record import Record
from shipwheel.errors import ExitCode
from shipwheel.planning.plan import Plan
from shipwheel.project.config import Config
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.release import Release
from shipwheel.publishing.rules import EXCUSABLE, RULES
from shipwheel.rendering.offer import Rendering
from shipwheel.verification.report import Report

HERE = Path(__file__).resolve().parent
_TABLE = "tool.shipwheel"
_ON_A_LINE = 3  # parameters of a function

# what is written as JSON, and where it comes from
_SHAPES: dict[type[msgspec.Struct], str] = {
    Plan: "`shipwheel plan --json`",
    Record: "each job, in `.shipwheel/records/JOB.json`",
    Report: "`shipwheel verify --json`, and in `.shipwheel/verify.json`",
    Release: "the gate, in `.shipwheel/release.json`",
    Publication: "`shipwheel publish --json`",
    Rendering: "`shipwheel render --json`",
    Outcome: "`shipwheel init --json`",
}
_HOLDERS: dict[object, str] = {tuple: "array", dict: "object"}
_JSON = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}

# what a key is for; the build fails where a key has no sentence, or a sentence no key
MEANINGS = {
    "pythons": 'The Pythons to support: `"3.12"`, `"3.14t"`, `"pypy3.11"`. Otherwise [`requires-python`, the classifiers and the wheels](catalog.md#pythons) say it.',
    "allow-failure": "Pythons whose jobs may fail without failing the whole.",
    "kind": "What the wheels depend on: nothing (`pure`), a Python and a platform (`extension`), a platform and the oldest Python that it serves (`abi3`), a platform alone (`platform`: a program, a library for ctypes).",
    "packages": "The import names and the folder or file that each is built from, where the build maps them.",
    "installer": "What makes environments and installs.",
    "test.command": "The command that runs the tests, or several, one after the other. Words, never a shell's line.",
    "test.extras": "Extras of the project that the tests need.",
    "test.groups": "Dependency groups that the tests need.",
    "test.requires": "Further requirements of the tests.",
    "test.environment": "Environment variables for the tests.",
    "test.paths": "The folders and files that hold tests.",
    "test.platforms": "The platforms that [CI tests on](workflows.md#a-change). What it names a release has to be tested on.",
    "wheels.platforms": "The [platforms](catalog.md#platforms) that wheels are shipped for: `manylinux_x86_64`, `win_amd64` …",
    "wheels.shards": 'How many wheels [a job of CI](workflows.md#shards) makes: `"identifier"` (one), `"platform"` (all of a platform\'s), or at most so many. Otherwise what there is to compile decides.',
    "wheels.allow-pure": "The extension is optional: a wheel without it is not an error.",
    "wheels.zig": "Whether `wheel-X.Y` compiles with [zig](https://pypi.org/project/ziglang/) (`shipwheel[zig]`), on Linux: for the glibc of the manylinux image that `[tool.cibuildwheel]` names, however new this machine's is.",
    "wheels.cross": "With `zig`: the platforms of another architecture whose wheels this machine compiles too, and tests below qemu's emulation: `manylinux_aarch64`. The variable `SHIPWHEEL_AARCH64_ROOT` names the folder with that architecture's Python.",
    "wheels.compiler-cache": "Whether `wheel-X.Y` compiles through ccache or sccache where one is here. The wheels of a release never do.",
    "verify.modules": "The modules to import from the installed wheel.",
    "verify.smoke": "A command to run where the wheel is installed and nothing else, in an empty folder: `python -c '…'`, `name --version`.",
    "verify.ignore": "Rules to ignore, each with the reason.",
    "publish.index": "Where `publish` sends files unless told otherwise.",
    "index.*.upload": "Where a named index takes uploads. Credentials never stand here.",
    "index.*.simple": "Where a named index is read from.",
    "index.*.kind": "What a named index runs on, where its URL does not tell: [a kind](indexes.md#kinds).",
    "ci.providers": "Where workflows are rendered for. The first one's folder holds the tools' lock.",
    "ci.tool": "Where CI takes shipwheel from: a requirement (`shipwheel==1.2`), or the path of its wheel in the repository.",
    "ci.branches": "The branches whose every push is tested on more than a pull request is.",
    "ci.tags": "The tags that begin a release.",
    "ci.github-release": "What becomes of the tag's [release on GitHub](workflows.md#a-release), which gets what the gate wrote: made and shown, made as a draft, or left alone.",
    "deps.kind": '`"library"` or `"application"`: how [the bounds of its dependencies](dependencies/floors.md#bounds-that-the-index-contradicts) are judged. Otherwise a library, unless a classifier begins with `Private ::`.',
    "deps.audit-service": "The address of the service that knows [advisories](dependencies/audit.md), before its `/v1/querybatch`: a mirror that speaks OSV's API. Otherwise OSV itself.",
    "deps.ignore-advisories": "Advisories that do not count, by any of their names, with the reason, or with `reason` and `until`, the last day on which that holds.",
    "deps.exclude-newer": 'What was released after this time [is not locked](dependencies/lock.md#a-cool-down): a span (`"7 days"`), a day or a moment.',
    "ci.audit": 'When the [dependencies are audited](dependencies/audit.md#on-a-schedule) and mended on a branch of their own: `"daily"`, `"weekly"` or five fields of crontab, in UTC. Without it, never.',
    "ci.schedules": "When CI runs besides: five fields of crontab, in UTC. On GitLab a schedule is made on its pages by hand.",
    "ci.paths": "The paths whose changes CI runs for; not together with `paths-ignore`.",
    "ci.paths-ignore": "The paths whose changes alone CI does not run for.",
    "ci.workflows": 'Other names for GitHub\'s two files: `{ ci = "shipwheel-ci.yml" }`.',
    "ci.environment": "Variables of every job. No secrets.",
    "ci.packages": "System packages that every job of an operating system installs first.",
    "ci.runners": 'Other runners, by the name of a runner or a platform: `{ manylinux_aarch64 = ["self-hosted", "arm64"] }`.',
    "ci.timeouts": "Time limits in minutes, by kind of job.",
    "ci.secrets": "The names of the secrets that a kind of job is given as variables; it gets an environment of its own.",
    "ci.environments": "The deployment environments of kinds of jobs.",
    "ci.steps[].name": "What a person reads.",
    "ci.steps[].jobs": "The kinds of jobs: `build`, `wheels`, `test`, `checks`, `verify`, or a job of your own.",
    "ci.steps[].at": "Before or after the session.",
    "ci.steps[].on": "The operating systems; all where it is left out.",
    "ci.steps[].run": "One command. `${{ }}` has no place in it: put that into `environment`.",
    "ci.steps[].uses": "Or an action: `owner/action@COMMIT # vX.Y.Z`. GitHub alone.",
    "ci.steps[].with": "The action's inputs.",
    "ci.steps[].environment": "Variables of the step.",
    "ci.services.*.image": "The image, by its digest: `name:tag@sha256:…`.",
    "ci.services.*.jobs": "The kinds of jobs that it stands beside, on Linux.",
    "ci.services.*.ports": 'The ports that are mapped: `["5432:5432"]`.',
    "ci.services.*.environment": "Its variables.",
    "ci.services.*.options": "Options for the container's engine.",
    "ci.jobs.*.after": "The kinds of jobs that it waits for, and whose files it gets.",
    "ci.jobs.*.before": "What waits for it: `gate` in CI, `publish` in a release.",
    "ci.jobs.*.workflows": "The workflows that it stands in.",
    "ci.jobs.*.session": "The session that it runs.",
    "ci.jobs.*.run": "Or the command. The Plan lies as JSON in the file that `SHIPWHEEL_PLAN` names.",
    "ci.jobs.*.runner": "Its runner, by the Catalog's name, or a key of `runners`.",
    "ci.jobs.*.pythons": "The Pythons to set up.",
    "ci.jobs.*.environment": "Its variables.",
    "ci.unmanaged": "Files that shipwheel would write and that you keep: said at every `render` and by `doctor`, and checked all the same.",
    "workspace.members": "The [packages of a repository](workspaces.md) that holds several: folders below its root, `*` stands for one level.",
}

# defaults that the type does not say
_DEFAULTS = {
    "test.platforms": "those of the wheels that a hosted machine has",
    "wheels.platforms": "the Catalog's",
    "verify.modules": "all of the wheel's",
    "ci.tool": "the version that renders",
}

_CODES = {
    ExitCode.DONE: "done",
    ExitCode.FOUND: "it found something, or something failed: a finding, drift, a refused release, a failed build or test",
    ExitCode.USAGE: "the call or the configuration is wrong",
    ExitCode.MACHINE: "the machine lacks something: an interpreter, a compiler, a tool, an index within reach",
    ExitCode.INTERRUPTED: "interrupted",
}


class IncompleteError(Exception):
    """A key without its sentence, or a sentence without its key."""


def write(folder: Path) -> None:
    """Write the generated pages into `folder`, those that changed."""
    folder.mkdir(exist_ok=True)
    pages = {
        "keys.md": keys(),
        "exit-codes.md": exit_codes(),
        "gate.md": gate_rules(),
        "json.md": json_shapes(),
        "functions.md": functions(),
        "comparison.md": comparison(),
        "backends.md": backend_table.table(),
        **catalog_tables.tables(),
    }
    for name, text in pages.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def keys() -> str:
    """Give the table of all keys, a section a table of TOML."""
    rows = dict(_rows(Config, ""))
    strange = rows.keys() ^ MEANINGS.keys()
    if strange:
        raise IncompleteError(f"docs/reference.py: {', '.join(sorted(strange))}")
    lines: list[str] = []
    for table in dict.fromkeys(map(_table_of, sorted(rows, key=lambda key: "." in key))):
        lines += ["", f"## `[{table}]`", ""]
        lines += ["| key | type | default | |", "| --- | --- | --- | --- |"]
        for key, (kind, default) in rows.items():
            if _table_of(key) == table:
                name = key.rpartition(".")[2]
                lines.append(f"| `{name}` | {kind} | {default} | {MEANINGS[key]} |")
    return "\n".join(lines).lstrip() + "\n"


def exit_codes() -> str:
    """Give the table of the exit codes."""
    rows = [f"| {int(code)} | {_CODES[code]} |" for code in ExitCode]
    return "\n".join(["| code | |", "| --- | --- |", *rows]) + "\n"


def gate_rules() -> str:
    """Give what the gate asks of a release."""
    lines = [f"- {_flat(inspect.getdoc(rule) or '')}" for rule in RULES]
    excusable = ", ".join(f"`{name}`" for name in sorted(EXCUSABLE))
    return (
        "\n".join([*lines, "", f"A reason in the configuration can set aside {excusable}."]) + "\n"
    )


def json_shapes() -> str:
    """Give the fields of everything that we write as JSON, inner records below those that hold them."""
    lines: list[str] = []
    told: set[type[msgspec.Struct]] = set()
    for struct, source in _SHAPES.items():
        lines += ["", f"## {struct.__name__}", "", f"From {source}.", *_shape(struct, told)]
    return "\n".join(lines).lstrip() + "\n"


def comparison() -> str:
    """Give what `comparison.py` counted, as a table, and how each was made."""
    found = json.loads((HERE / "comparison.json").read_bytes())
    rows = found["rows"]
    severities = [each.removesuffix("rmational") for each in rows[0]["findings"]]
    lines = [
        f"| workflows of | files | lines | {' | '.join(severities)} | all |",
        f"| --- {'| ---: ' * (len(severities) + 3)}|",
    ]
    for row in rows:
        counts = list(row["findings"].values())
        numbers = (row["files"], row["lines"], *counts, sum(counts))
        lines.append(_cells(row["name"], *map(str, numbers)))
    lines += ["", f"zizmor {found['zizmor']}, {found['looked']}. How they were made:", ""]
    for row in rows:
        made = f" for {row['made']}" if row["made"] else ""
        lines.append(f"- {row['name']} ({row['version']}){made}: {row['how']}")
    return "\n".join(lines) + "\n"


def functions() -> str:
    """Give each function that the package offers: how it is called, and its contract."""
    lines: list[str] = []
    for name in shipwheel.__all__:
        function = getattr(shipwheel, name)
        if not callable(function):
            continue
        call = f"shipwheel.{name}{_signature(function)}"
        lines += ["", f"## `{name}`", "", "```python", call, "```", ""]
        lines.append(inspect.getdoc(function) or "")
    return "\n".join(lines).lstrip() + "\n"


def _signature(function: Callable[..., object]) -> str:
    """Give a signature, a parameter a line where there are many."""
    signature = inspect.signature(function)
    words = [str(each) for each in signature.parameters.values()]
    kinds = [each.kind for each in signature.parameters.values()]
    if inspect.Parameter.KEYWORD_ONLY in kinds:
        words.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    listed = ", ".join(words)
    if len(words) > _ON_A_LINE:
        listed = "".join(f"\n    {word}," for word in words) + "\n"
    # annotations are kept as text; a default that is a function shows its address
    listed = re.sub(r": '([^']*)'", r": \1", listed)
    listed = re.sub(r"<function (\w+) at [^>]*>", r"\1", listed)
    return f"({listed}) -> {signature.return_annotation}"


def _shape(struct: type[msgspec.Struct], told: set[type[msgspec.Struct]]) -> list[str]:
    told.add(struct)
    hints = typing.get_type_hints(struct)
    lines = ["", _flat(inspect.getdoc(struct) or ""), "", "| field | type |", "| --- | --- |"]
    inner: list[type[msgspec.Struct]] = []
    lines += [
        _cells(f"`{field.encode_name}`", _json_type(hints[field.name], inner))
        for field in msgspec.structs.fields(struct)
    ]
    for each in inner:
        if each not in told:
            lines += ["", f"### {each.__name__}", *_shape(each, told)]
    return lines


def _json_type(hint: typing.Any, inner: list[type[msgspec.Struct]]) -> str:
    """Say a type in JSON's words, and note the records in it."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(dict.fromkeys(_json_type(each, inner) for each in args))
    if origin is typing.Literal:
        return ", ".join(f'`"{each}"`' for each in args)
    if origin in {tuple, dict}:
        return f"{_HOLDERS[origin]} of {_json_type(args[origin is dict], inner)}"
    if issubclass(hint, enum.Enum):
        return ", ".join(f'`"{each.value}"`' for each in hint)
    if issubclass(hint, msgspec.Struct):
        inner.append(hint)
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return _JSON[hint]


def _cells(*texts: str) -> str:
    """Give a row of a table."""
    return "| " + " | ".join(_flat(text).replace("|", "\\|") for text in texts) + " |"


def _flat(text: str) -> str:
    """Give a docstring in one line."""
    return " ".join(text.split())


def _table_of(key: str) -> str:
    inner = key.rpartition(".")[0].replace("*", "NAME")
    if inner.endswith("[]"):
        return f"[{_TABLE}.{inner.removesuffix('[]')}]"
    return f"{_TABLE}.{inner}" if inner else _TABLE


def _rows(struct: type[msgspec.Struct], prefix: str) -> Iterator[tuple[str, tuple[str, str]]]:
    hints = typing.get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        key = f"{prefix}{field.encode_name}"
        inner, many = _struct_in(hints[field.name])
        if inner is not None:
            yield from _rows(inner, f"{key}{many}.")
        else:
            yield key, (_kind(hints[field.name]), _DEFAULTS.get(key) or _default(field, prefix))


def _struct_in(hint: typing.Any) -> tuple[type[msgspec.Struct] | None, str]:
    """Give the record that a key holds, and how it holds several: one a name, or a list of them."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint, ""
    if typing.get_origin(hint) is dict:
        return _struct_in(typing.get_args(hint)[1])[0], ".*"
    if typing.get_origin(hint) is tuple:
        return _struct_in(typing.get_args(hint)[0])[0], "[]"
    return None, ""


def _kind(hint: typing.Any) -> str:
    """Say a type in TOML's words."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(dict.fromkeys(_kind(each) for each in inner if each is not type(None)))
    if origin is typing.Literal:
        return ", ".join(f'`"{each}"`' for each in inner)
    if origin is tuple:
        return f"array of {_plural(inner[0])}"
    if origin is dict:
        return f"table of {_plural(inner[1])}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        names = [f"`{field.encode_name}`" for field in msgspec.structs.fields(hint)]
        return f"table of {' and '.join(names)}"
    return {str: "string", bool: "boolean", int: "integer"}[hint]


def _plural(hint: typing.Any) -> str:
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return " or ".join(_plural(each) for each in typing.get_args(hint))
    kind = _kind(hint)
    return (
        kind.replace("array of", "arrays of")
        if kind.startswith("array")
        else kind.replace("string", "strings")
        .replace("integer", "integers")
        .replace("table", "tables")
    )


def _default(field: msgspec.structs.FieldInfo, prefix: str) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    if field.default is msgspec.NODEFAULT:
        return "required"
    if field.default is None:
        return "none" if prefix.startswith("ci.") else "found in the project"
    if field.default in ((), "", {}):
        return "empty"
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{msgspec.json.encode(value).decode()}`"
