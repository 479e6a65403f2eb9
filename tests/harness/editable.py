"""A distribution's archive in memory, to change one thing in it and write it again.

A wheel's RECORD follows every change of its members unless `keep_record` is set, so that a fault is that
one thing and no broken hash beside it. What is not touched is written as it was: order, modes, times,
compression.
"""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Change = Callable[[bytes], bytes]
Text = str | bytes

_TIME = (2024, 1, 1, 0, 0, 0)
# PKWARE's APPNOTE 4.3.7, 4.3.12: offset and struct format of each field, by its name here
_LOCAL = {
    "version": (4, "<H"),
    "flags": (6, "<H"),
    "method": (8, "<H"),
    "time": (10, "<H"),
    "date": (12, "<H"),
    "crc": (14, "<L"),
    "compressed": (18, "<L"),
    "size": (22, "<L"),
}
_CENTRAL = {
    "made_by": (4, "<H"),
    "version": (6, "<H"),
    "flags": (8, "<H"),
    "method": (10, "<H"),
    "time": (12, "<H"),
    "date": (14, "<H"),
    "crc": (16, "<L"),
    "compressed": (20, "<L"),
    "size": (24, "<L"),
    "disk": (34, "<H"),
    "attributes": (38, "<L"),
    "offset": (42, "<L"),
}


class Editable:
    """What a wheel and an sdist have in common. Members are named as in the archive."""

    suffix = ""

    def __init__(self, path: Path) -> None:
        self.filename = path.name
        self.entries: list[tuple[Any, bytes]] = []  # ZipInfo or TarInfo, and the bytes
        self._raw: list[Change] = []

    # members

    @property
    def names(self) -> list[str]:
        """Give the members' names in their order."""
        return [_name(info) for info, _ in self.entries]

    def find(self, ending: str) -> str:
        """Give the one member whose name ends so."""
        found = [name for name in self.names if name.endswith(ending)]
        assert len(found) == 1, f"{ending!r} is {found} in {self.filename}"
        return found[0]

    def info(self, name: str) -> Any:
        """Give the member's ZipInfo or TarInfo, to be altered in place."""
        return self.entries[self._at(name)][0]

    def read(self, name: str) -> bytes:
        """Give a member's bytes."""
        return self.entries[self._at(name)][1]

    def text(self, name: str) -> str:
        """Give a member as UTF-8 text."""
        return self.read(name).decode()

    def write(self, name: str, data: Text, *, mode: int | None = None) -> None:
        """Replace a member or add it; `mode` is the permissions, as `0o755`."""
        if name in self.names:
            at = self._at(name)
            self.entries[at] = (self.entries[at][0], _bytes(data))
        else:
            self.append(name, data)
        if mode is not None:
            self.chmod(name, mode)

    def append(self, name: str, data: Text) -> None:
        """Add a member at the end, though there be one of that name already."""
        self.entries.append((self._new(name), _bytes(data)))

    def chmod(self, name: str, mode: int) -> None:
        """Set a member's permissions."""
        raise NotImplementedError

    def remove(self, name: str) -> None:
        """Take a member away, or all of a folder where the name ends in `/`."""
        gone = [
            each
            for each in self.names
            if each == name or (name[-1:] == "/" and each.startswith(name))
        ]
        assert gone, f"{self.filename} has no {name}"
        self.entries = [entry for entry in self.entries if _name(entry[0]) not in gone]

    def rename(self, old: str, new: str) -> None:
        """Give a member another name, or all of a folder where both end in `/`."""
        moved = 0
        for info, _ in self.entries:
            name = _name(info)
            if name == old or (old[-1:] == "/" and name.startswith(old)):
                _set_name(info, new + name[len(old) :])
                moved += 1
        assert moved, f"{self.filename} has no {old}"

    def edit(self, name: str, old: Text, new: Text, *, count: int = -1) -> None:
        """Replace text of a member, which must be there."""
        data, before, after = self.read(name), _bytes(old), _bytes(new)
        assert before in data, f"{old!r} is not in {name}"
        self.write(name, data.replace(before, after, count))

    def move(self, name: str, to: int) -> None:
        """Put a member at another place of the archive."""
        entry = self.entries.pop(self._at(name))
        self.entries.insert(to if to >= 0 else len(self.entries) + 1 + to, entry)

    def raw(self, change: Change) -> None:
        """Change the archive's own bytes, after all else is written."""
        self._raw.append(change)

    # metadata

    @property
    def metadata_name(self) -> str:
        """Give the member that holds the metadata."""
        raise NotImplementedError

    def metadata(self, field: str, *values: str | None) -> None:
        """Set a field of METADATA or PKG-INFO: each value a line in place of all there are; None removes."""
        lines = [(field, value) for value in values if value is not None]
        self.write(self.metadata_name, with_header(self.read(self.metadata_name), field, lines))

    def add_metadata(self, *lines: tuple[str, str]) -> None:
        """Add fields behind those that are there."""
        self.write(self.metadata_name, with_header(self.read(self.metadata_name), "", lines))

    def description(self, text: str) -> None:
        """Replace the description, which follows the fields."""
        head, _, _ = self.read(self.metadata_name).partition(b"\n\n")
        self.write(self.metadata_name, head + b"\n\n" + text.encode())

    # out

    def save(self, folder: Path) -> Path:
        """Write the archive below its present `filename`."""
        data = self.to_bytes()
        for change in self._raw:
            changed = change(data)
            assert changed != data, "the raw change changed nothing"
            data = changed
        path = folder / self.filename
        path.write_bytes(data)
        return path

    def to_bytes(self) -> bytes:
        """Give the archive before the raw changes."""
        raise NotImplementedError

    def _new(self, name: str) -> Any:
        raise NotImplementedError

    def _at(self, name: str) -> int:
        assert name in self.names, f"{self.filename} has no {name}"
        return self.names.index(name)


class EditableWheel(Editable):
    """A wheel in memory."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.keep_record = False
        self._record: list[Callable[[str], str]] = []
        self._headers: list[tuple[str, str, dict[str, int | bytes]]] = []
        with zipfile.ZipFile(path) as archive:
            self.entries = [(info, archive.read(info)) for info in archive.infolist()]

    @property
    def dist_info(self) -> str:
        """Give the name of the .dist-info folder that holds WHEEL."""
        return self.find(".dist-info/WHEEL").partition("/")[0]

    @property
    def metadata_name(self) -> str:
        """Give METADATA's name."""
        return self.find(".dist-info/METADATA")

    @property
    def record_name(self) -> str:
        """Give RECORD's name."""
        return self.find(".dist-info/RECORD")

    def own(self, name: str) -> str:
        """Give the path of a file in the .dist-info folder."""
        return f"{self.dist_info}/{name}"

    def header(self, field: str, *values: str | None) -> None:
        """Set a field of WHEEL, as `metadata` does for METADATA."""
        lines = [(field, value) for value in values if value is not None]
        self.write(self.own("WHEEL"), with_header(self.read(self.own("WHEEL")), field, lines))

    def retag(self, tag: str, *, headers: bool = True) -> None:
        """Give the file another tag (`cp312-cp312-win_amd64`), in its name and, with `headers`, in WHEEL."""
        self.filename = "-".join([*self.filename.split("-")[:-3], f"{tag}.whl"])
        if headers:
            pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
            tags = [f"{p}-{a}-{f}" for p in pythons for a in abis for f in platforms]
            self.header("Tag", *tags)

    def rename_dist_info(self, new: str) -> None:
        """Give the .dist-info folder another name."""
        self.rename(f"{self.dist_info}/", f"{new}/")

    def record(self, change: Callable[[str], str]) -> None:
        """Change RECORD's text, after it was brought in line with the members."""
        self._record.append(change)

    def chmod(self, name: str, mode: int) -> None:
        """Set a member's permissions."""
        info = self.info(name)
        info.create_system = 3
        info.external_attr = (stat.S_IFREG | mode) << 16

    def link(self, name: str, target: str) -> None:
        """Add a symbolic link."""
        self.append(name, target)
        info = self.entries[-1][0]
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16

    def folder(self, name: str) -> None:
        """Add an entry of a folder, `name` ending in `/`."""
        self.append(name, b"")
        self.entries[-1][0].external_attr = (stat.S_IFDIR | 0o755) << 16 | 0x10

    def zip_header(self, name: str, where: str = "both", **fields: int | bytes) -> None:
        """Overwrite fields of a member's header in the written archive.

        `where` is `local`, `central` or `both`; the fields are `flags`, `method`, `time`, `date`, `crc`,
        `compressed`, `size`, `version`, centrally also `made_by`, `disk`, `attributes`, `offset`, and
        `name`: bytes as many as the name has.
        """
        assert where in {"local", "central", "both"}
        self._headers.append((name, where, fields))

    def to_bytes(self) -> bytes:
        """Give the archive before the raw changes."""
        entries = [(copy.copy(info), data) for info, data in self.entries]
        if not self.keep_record:
            entries = list(self._with_record(entries))
        stream = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
            warnings.simplefilter("ignore", UserWarning)  # a member twice is what some faults are
            for info, data in entries:
                archive.writestr(info, data)
            archive.comment = b""
        written = bytearray(stream.getvalue())
        for name, where, fields in self._headers:
            _patch(written, name.encode(), where, fields)
        return bytes(written)

    def _with_record(self, entries: list[tuple[Any, bytes]]) -> Iterator[tuple[Any, bytes]]:
        """Give the entries with RECORD's lines in the order they had, those of new members behind."""
        record = next((info.filename for info, _ in entries if _is_record(info.filename)), None)
        signed = (f"{record}.jws", f"{record}.p7s")
        listed = {
            info.filename: data
            for info, data in entries
            if not info.is_dir() and info.filename not in {record, *signed}
        }
        for info, data in entries:
            if info.filename != record:
                yield info, data
                continue
            text = (
                "".join(_line(name, each) for name, each in listed.items())
                + f"{_quoted(record)},,\n"
            )
            for change in self._record:
                changed = change(text)
                assert changed != text, "the change of RECORD changed nothing"
                text = changed
            yield info, text.encode()

    def _new(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo("_", date_time=_TIME)
        info.filename = name  # as it is: ZipInfo cuts at NUL bytes and changes separators
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        return info


class EditableSdist(Editable):
    """An sdist (.tar.gz) in memory. Members are named with the archive's root: `sdist.inside("PKG-INFO")`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.format = tarfile.PAX_FORMAT
        with tarfile.open(path) as archive:
            for info in archive:
                stream = archive.extractfile(info) if info.isreg() else None
                self.entries.append((info, stream.read() if stream else b""))

    @property
    def root(self) -> str:
        """Give the folder that holds everything."""
        return self.names[0].partition("/")[0]

    def inside(self, name: str) -> str:
        """Give the path of a file below the root."""
        return f"{self.root}/{name}"

    @property
    def metadata_name(self) -> str:
        """Give PKG-INFO's name."""
        return self.inside("PKG-INFO")

    def chmod(self, name: str, mode: int) -> None:
        """Set a member's permissions."""
        self.info(name).mode = mode

    def link(self, name: str, target: str, *, kind: bytes = tarfile.SYMTYPE) -> None:
        """Add a link, symbolic or (`tarfile.LNKTYPE`) hard; any other `kind` of member likewise."""
        self.append(name, b"")
        self.entries[-1][0].type = kind
        self.entries[-1][0].linkname = target

    def to_bytes(self) -> bytes:
        """Give the archive before the raw changes."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=self.format) as archive:
            for info, data in self.entries:
                if info.isreg():
                    info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return gzip.compress(stream.getvalue(), compresslevel=6, mtime=0)

    def _new(self, name: str) -> tarfile.TarInfo:
        info = tarfile.TarInfo(name)
        info.mtime = 1704067200
        return info


def open_editable(path: Path) -> EditableWheel | EditableSdist:
    """Open a wheel or a .tar.gz for changes."""
    return EditableWheel(path) if path.suffix == ".whl" else EditableSdist(path)


def with_header(data: bytes, field: str, lines: Any) -> bytes:
    """Give headers in which `lines` (field and value) stand in place of those of `field`."""
    head, blank, body = data.partition(b"\n\n")
    kept: list[bytes] = []
    at: int | None = None
    dropping = False
    for line in head.rstrip(b"\n").split(b"\n"):
        if line[:1] not in {b" ", b"\t"}:
            dropping = line.partition(b":")[0].lower() == field.lower().encode()
        if dropping:
            at = len(kept) if at is None else at
        else:
            kept.append(line)
    new = [f"{name}: {value}".encode() for name, value in lines]
    at = len(kept) if at is None else at
    kept[at:at] = new
    result = b"\n".join(kept) + (blank or b"\n") + body
    assert result != data, f"nothing changed at {field}"
    return result


def _name(info: Any) -> str:
    return info.filename if isinstance(info, zipfile.ZipInfo) else info.name


def _set_name(info: Any, name: str) -> None:
    if isinstance(info, zipfile.ZipInfo):
        info.filename = name
    else:
        info.name = name
        info.pax_headers.pop("path", None)


def _bytes(data: Text) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _is_record(name: str) -> bool:
    return name.endswith(".dist-info/RECORD") and name.count("/") == 1


def _line(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{_quoted(name)},sha256={digest},{len(data)}\n"


def _quoted(name: str | None) -> str:
    assert name is not None
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\n\r') else name


def _patch(archive: bytearray, name: bytes, where: str, fields: dict[str, int | bytes]) -> None:
    """Overwrite header fields of a member in a written archive."""
    central = _central(archive, name)
    local = struct.unpack_from("<L", archive, central + 42)[0]
    places = [(central, 46, _CENTRAL)] if where != "local" else []
    places += [(local, 30, _LOCAL)] if where != "central" else []
    for start, length, known in places:
        for field, value in fields.items():
            if isinstance(value, bytes):
                assert field == "name", field
                assert len(value) == len(name), "the new name is as long as the old one"
                archive[start + length : start + length + len(value)] = value
            elif field in known:
                offset, form = known[field]
                struct.pack_into(form, archive, start + offset, value)
            else:
                assert where == "both", f"{field} is no field of {where} headers"


def _central(archive: bytearray, name: bytes) -> int:
    """Give where the member's central header begins."""
    end = archive.rfind(b"PK\x05\x06")
    at = struct.unpack_from("<L", archive, end + 16)[0]
    while archive[at : at + 4] == b"PK\x01\x02":
        lengths = struct.unpack_from("<HHH", archive, at + 28)
        if bytes(archive[at + 46 : at + 46 + lengths[0]]) == name:
            return at
        at += 46 + sum(lengths)
    raise AssertionError(f"{name!r} is not in the archive")
