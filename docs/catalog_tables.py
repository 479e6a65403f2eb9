"""The tables of the Catalog's page, made from the data files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipwheel.data.catalog import Capabilities, Catalog, PythonVersion, RunnerImage, load_catalog

_PROVIDERS = {"github": "GitHub", "gitlab": "GitLab.com"}
_SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}


def tables() -> dict[str, str]:
    """Give each table as Markdown, by the name of the file that the page includes."""
    catalog = load_catalog()
    return {
        "catalog-pythons.md": _pythons(catalog),
        "catalog-platforms.md": _platforms(catalog),
        "catalog-runners.md": _runners(catalog),
        "catalog-actions.md": _actions(catalog),
        "catalog-images.md": _images(catalog),
        "index-kinds.md": _index_kinds(catalog),
        "index-quirks.md": _index_quirks(catalog),
    }


def _pythons(catalog: Catalog) -> str:
    return _table(
        ("Python", "status", "first release", "end of life", "release schedule"),
        [
            (f"`{each.target}`", _status(each), each.first_release, each.end_of_life, _pep(each))
            for each in catalog.pythons
        ],
    )


def _status(python: PythonVersion) -> str:
    words = {"feature": "in development", "end-of-life": "end of life"}
    status = words.get(python.status, python.status)
    return f"{status}, an experiment" if python.experimental else status


def _pep(python: PythonVersion) -> str:
    return f"[PEP {python.pep}](https://peps.python.org/pep-{python.pep:04}/)" if python.pep else ""


def _platforms(catalog: Catalog) -> str:
    return _table(
        ("platform", "shipped by default", "GitHub", "GitLab.com", "repaired by"),
        [
            (
                f"`{each.id}`",
                "yes" if each.default else "",
                f"`{each.runner}`{' (emulated)' if each.emulated else ''}",
                f"`{each.gitlab}`{' (emulated)' if each.emulated else ''}" if each.gitlab else "",
                each.repair,
            )
            for each in catalog.platforms
        ],
    )


def _runners(catalog: Catalog) -> str:
    return _table(
        ("runner", "provider", "system", "processor", "status", "end", "image"),
        [
            (
                f"`{each.id}`",
                _PROVIDERS[each.provider],
                _SYSTEMS[each.os],
                each.arch,
                _bold_where_old(each),
                each.end,
                f"`{each.image}`" if each.image else "",
            )
            for each in catalog.runners
        ],
    )


def _bold_where_old(runner: RunnerImage) -> str:
    return f"**{runner.status}**" if runner.status == "deprecated" else runner.status


def _actions(catalog: Catalog) -> str:
    return _table(
        ("action", "version", "commit"),
        [
            (f"[{name}](https://github.com/{name})", each.version, f"`{each.commit}`")
            for name, each in catalog.actions.items()
        ],
    )


def _images(catalog: Catalog) -> str:
    return _table(
        ("image", "reference", "digest"),
        [
            (f"`{name}`", f"`{each.reference}`", f"`{each.digest}`" if each.digest else "by tag")
            for name, each in catalog.images.items()
        ],
    )


def _index_kinds(catalog: Catalog) -> str:
    return _table(
        ("kind", "of", "pages", "same", "other", "refuses with", "takes at most"),
        [
            (
                f"`{each.kind}`",
                each.title,
                _pages(each),
                each.same_bytes,
                each.other_bytes,
                ", ".join(map(str, each.refusal)),
                _limits(each, catalog),
            )
            for each in catalog.index_kinds.values()
        ],
    )


def _pages(index: Capabilities) -> str:
    said = ["JSON" if index.json_pages else "HTML"]
    said += ["times"] if index.upload_times else []
    said += [] if index.sha256 else ["perhaps no sha256"]
    return ", ".join(said)


def _limits(index: Capabilities, catalog: Catalog) -> str:
    known = catalog.indexes.get(index.kind)
    most = known.max_file_size if known else index.max_file_size
    size = f"{most / 2**20:.0f} MiB a file" if most else ""
    files = f"{index.max_files} files a release" if index.max_files else ""
    return ", ".join(filter(None, (size, files)))


def _index_quirks(catalog: Catalog) -> str:
    lines = []
    for each in catalog.index_kinds.values():
        links = ", ".join(f"[{number}]({url})" for number, url in enumerate(each.source, start=1))
        known = ", ".join(f"`{url}`" for url in each.urls)
        told = [
            f"Known by {known}." if known else "",
            each.quirk,
            "A project that it does not have is asked of pypi.org, unless its operators say otherwise."
            if each.falls_back and each.kind != "unknown"
            else "",
            f"The user's name that goes with a token is `{each.username}`."
            if each.username
            else "",
            f"({links})",
        ]
        lines.append(f"{each.title}\n: {' '.join(filter(None, told))}\n")
    return "\n".join(lines)


def _table(header: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Give a table of Markdown; None is an empty cell."""
    lines = [[*header], ["---" for _ in header]]
    lines += [["" if cell is None else str(cell) for cell in row] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
