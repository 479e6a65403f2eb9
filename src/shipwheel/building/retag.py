"""Another platform tag on a wheel: filename, WHEEL and RECORD, nothing else."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from shipwheel.dists.wheel import open_wheel


def retag(path: Path, platforms: Sequence[str], into: Path) -> Path:
    """Write the wheel to the folder `into` with `platforms` in the place of its own; give its path.

    The members' times, modes and order stay. A signature of RECORD is left out: it would be wrong.
    """
    wheel = open_wheel(path)
    target = into / retagged_name(path.name, platforms)
    into.mkdir(parents=True, exist_ok=True)
    info, record = f"{wheel.dist_info}/WHEEL", f"{wheel.dist_info}/RECORD"
    left_out = {record, f"{record}.jws", f"{record}.p7s"}
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        text = retagged_headers(old.read(info).decode("utf-8"), platforms).encode("utf-8")
        for member in old.infolist():
            if member.filename == info:
                new.writestr(member, text)
            elif member.filename not in left_out:
                with old.open(member) as source, new.open(_fresh(member), "w") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
        lines = retagged_record(old.read(record).decode("utf-8"), info, text)
        new.writestr(old.getinfo(record), lines.encode("utf-8"))
    return target


def retagged_name(filename: str, platforms: Sequence[str]) -> str:
    """Give the filename with its last tag replaced: sorted, joined by dots (PEP 425)."""
    return f"{filename.removesuffix('.whl').rpartition('-')[0]}-{'.'.join(sorted(platforms))}.whl"


def retagged_headers(text: str, platforms: Sequence[str]) -> str:
    """Give the file WHEEL with each Tag repeated for each platform, once."""
    kept: list[str] = []
    tags: dict[str, None] = {}
    for line in text.splitlines():
        if line.lower().startswith("tag:"):
            pair = line.partition(":")[2].strip().rsplit("-", 1)[0]
            tags |= dict.fromkeys(f"Tag: {pair}-{platform}" for platform in platforms)
        elif line.strip():
            kept.append(line)
    return "\n".join([*kept, *tags]) + "\n"


def retagged_record(text: str, changed: str, data: bytes) -> str:
    """Give RECORD with the line of the member `changed` for its new bytes, signatures left out."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for row in csv.reader(io.StringIO(text)):
        if not row or row[0].endswith((".dist-info/RECORD.jws", ".dist-info/RECORD.p7s")):
            continue
        new = [changed, f"sha256={digest}", str(len(data))] if row[0] == changed else row
        writer.writerow(new)
    return lines.getvalue()


def _fresh(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Give a member's description for writing: name, time, mode and compression, no sizes."""
    info = zipfile.ZipInfo(member.filename, member.date_time)
    info.compress_type = member.compress_type
    info.external_attr = member.external_attr
    info.create_system = member.create_system
    info.file_size = member.file_size  # decides about zip64
    return info
