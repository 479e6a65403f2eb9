"""A folder that any static host serves as an index: the simple API's pages as files.

    FOLDER/simple/index.html, index.json             the projects
    FOLDER/simple/NAME/index.html, index.json        a project's files (PEP 503; PEP 691 and 700)
    FOLDER/simple/NAME/name-1.0-py3-none-any.whl     where uploads go, with METADATA beside it (PEP 658)

A distribution may as well lie elsewhere below FOLDER. The pages are a function of what lies there: the same
folder gives the same bytes. When a file came is taken from the page that names it already, else from the
file's time, so that a copy of the folder, or a checkout, does not make files younger.
"""

from __future__ import annotations

import contextlib
import posixpath
import tempfile
from pathlib import Path
from urllib.parse import quote

import msgspec
from filelock import FileLock

from shipwheel.files import digest_of, sha256, write_bytes
from shipwheel.indexes.listing import project_html, project_json, root_html, root_json
from shipwheel.indexes.metadata import metadata_in
from shipwheel.indexes.shelf import METADATA, Held, Shelf

SIMPLE = "simple"
PAGE = "index.html"
JSON_PAGE = "index.json"


def place_of(project: str) -> str:
    """Give the folder of a project's page and new files, relative to the index's."""
    return f"{SIMPLE}/{project}"


def write_pages(shelf: Shelf) -> tuple[str, ...]:
    """Write the pages of every project that lies in the folder, and the list of them; give the names.

    A page whose files are gone is taken away with its folder, where nothing else lies there. Raises OSError
    where the folder cannot be written.
    """
    with _alone(shelf.folder):
        projects = shelf.projects()
        for each in projects:
            _write_project(shelf, each)
        _write_root(shelf, projects)
        for page in (shelf.folder / SIMPLE).glob(f"*/{JSON_PAGE}"):
            if page.parent.name not in projects:
                _take_away(page.parent)
    return projects


def write_project(shelf: Shelf, project: str) -> None:
    """Write a project's pages and the METADATA of its wheels, and list it; what is the same already stays."""
    with _alone(shelf.folder):
        _write_project(shelf, project)
        _write_root(shelf, shelf.projects())


def is_static(folder: Path) -> bool:
    """Say whether the folder's pages are files."""
    return (folder / SIMPLE / JSON_PAGE).is_file()


def rewrite(folder: Path) -> None:
    """Write a folder's pages anew where they are files; elsewhere there is nothing to do."""
    if is_static(folder):
        write_pages(Shelf(folder))


def _alone(folder: Path) -> FileLock:
    """Let one writer at a time look at the folder and write its pages: the last page knows all files."""
    name = f"shipwheel-index-{digest_of(str(folder.resolve()))[:16]}.lock"
    return FileLock(Path(tempfile.gettempdir(), name))


def _write_project(shelf: Shelf, project: str) -> None:
    folder = shelf.folder / place_of(project)
    known = _known_times(folder / JSON_PAGE)
    files = tuple(_as_it_came(each, known) for each in shelf.files(project))
    for each in files:
        if each.metadata is not None:
            _write_metadata(shelf.folder / each.path, each.metadata)
    _write(folder / JSON_PAGE, project_json(project, files, _link))
    _write(folder / PAGE, project_html(project, files, _link))


def _write_root(shelf: Shelf, projects: tuple[str, ...]) -> None:
    _write(shelf.folder / SIMPLE / JSON_PAGE, root_json(projects))
    _write(shelf.folder / SIMPLE / PAGE, root_html(projects))


def _link(held: Held) -> str:
    return quote(posixpath.relpath(held.path, place_of(held.project)))


def _as_it_came(held: Held, known: dict[tuple[str, str], str]) -> Held:
    uploaded = known.get((held.filename, held.sha256), held.uploaded)
    return msgspec.structs.replace(held, uploaded=uploaded)


class _Named(msgspec.Struct):
    filename: str
    hashes: dict[str, str]
    uploaded: str = msgspec.field(name="upload-time")


class _Page(msgspec.Struct):
    files: list[_Named]


def _known_times(page: Path) -> dict[tuple[str, str], str]:
    """Give when each file came, by name and sha256, as the page of the last time says."""
    try:
        files = msgspec.json.decode(page.read_bytes(), type=_Page).files
    except (OSError, msgspec.DecodeError):
        return {}
    return {(each.filename, each.hashes.get("sha256", "")): each.uploaded for each in files}


def _write_metadata(path: Path, digest: str) -> None:
    beside = path.with_name(path.name + METADATA)
    if beside.is_file() and sha256(beside) == digest:
        return
    metadata = metadata_in(path)
    if metadata:
        write_bytes(beside, metadata)


def _write(path: Path, data: bytes) -> None:
    """Write what is not there already: a host that copies by time has less to do."""
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    write_bytes(path, data)


def _take_away(folder: Path) -> None:
    for name in (PAGE, JSON_PAGE):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies there
        folder.rmdir()
