"""The header of a generated file: who wrote it, what to change instead, and digests that tell an edit.

The last line of it is for machines: the version that wrote the file, a digest of what the project decided,
and one of the file's own text (line ends, pins and the digest itself taken out).
"""

from __future__ import annotations

import json
import re

import msgspec

from shipwheel import __version__
from shipwheel.files import digest_of
from shipwheel.rendering.pins import blanked
from shipwheel.rendering.rendered import RenderedFile

BEGIN = "# >>> shipwheel: `shipwheel render` writes these lines"
END = "# <<< shipwheel"

_SHORT = 16  # hex digits of a digest: it tells an edit, it guards nothing
_OPEN = "0" * _SHORT
_TOLD = re.compile(
    r"shipwheel: version=(?P<version>\S+) inputs=(?P<inputs>[0-9a-f]{16}) text=(?P<text>[0-9a-f]{16})"
)
_PROSE = (
    "Written by shipwheel {version} from {source}: a change made here is lost.",
    "Change [tool.shipwheel] there instead, then run `shipwheel render`.",
)
_WITHIN = 12  # lines at the top of a file that can hold the header


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine's line of a header says."""

    version: str
    inputs: str
    text: str


def short(digest: str) -> str:
    """Give a digest as headers hold it."""
    return digest[:_SHORT]


def sealed(
    file: RenderedFile,
    *,
    source: str = "pyproject.toml",
    version: str = __version__,
    body: str | None = None,
    lead: tuple[str, ...] = (),
) -> str:
    """Give the file's text with its header; a file that is written once has none.

    `body` takes the place of the file's own: the same with a bot's pins. `lead` is what a person reads
    at the top, where that is no matter of the configuration.
    """
    body = file.body if body is None else body
    if file.role == "once":
        return body
    told = f"shipwheel: version={version} inputs={short(file.inputs)} text={_OPEN}"
    prose = lead or tuple(line.format(version=version, source=source) for line in _PROSE)
    text = _framed(file, [*prose, told], body)
    return text.replace(f"text={_OPEN}", f"text={text_digest(text)}", 1)


def header_of(text: str) -> Header | None:
    """Give the header of a file of ours, None for any other file."""
    for line in text.splitlines()[:_WITHIN]:
        found = _TOLD.search(line)
        if found is not None:
            return Header(version=found["version"], inputs=found["inputs"], text=found["text"])
    return None


def is_ours(text: str) -> bool:
    """Say whether a file was written by us, be its header whole or not."""
    top = text.splitlines()[:_WITHIN]
    return any(_TOLD.search(line) or "Written by shipwheel " in line for line in top) or (
        any("`shipwheel render`" in line for line in top)
    )


def without_header(text: str) -> str:
    """Give what a file of ours holds besides its header, for a comparison: the lines that differ by version."""
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines[:_WITHIN]):
        if _TOLD.search(line):
            return "".join((*lines[: max(0, at - len(_PROSE))], *lines[at + 1 :]))
    return text


def text_digest(text: str) -> str:
    """Give the digest of a file's own text: all of it, less line ends, pins and the digest itself."""
    plain = _TOLD.sub(lambda found: found[0][: -len(found["text"])], settled(text), count=1)
    return short(digest_of(blanked(plain)))


def settled(text: str) -> str:
    """Give a text with line feeds and one at its end: line ends are the checkout's matter."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n") + "\n"


def block_in(text: str) -> str | None:
    """Give our lines in a file of the user's, markers included; None where there are none.

    Raises ValueError where a marker stands alone or twice.
    """
    lines = settled(text).splitlines()
    begins = [at for at, line in enumerate(lines) if line.startswith("# >>> shipwheel")]
    ends = [at for at, line in enumerate(lines) if line.startswith(END)]
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        raise ValueError("the lines that mark ours do not come as one pair")
    return "".join(f"{line}\n" for line in lines[begins[0] : ends[0] + 1])


def with_block(text: str, block: str) -> str:
    """Give a file of the user's with our lines in it, in their place or at its end; theirs keep their bytes."""
    old = block_in(text)
    ending = "\r\n" if "\r\n" in text else "\n"
    new = block.replace("\n", ending)
    if old is None:
        gap = "" if not text or text.endswith("\n") else ending
        return f"{text}{gap}{ending if text else ''}{new}"
    before, _, rest = text.partition(old.splitlines()[0])
    after = rest.partition(END)[2].partition("\n")[2]
    return f"{before}{new}{after}"


def _framed(file: RenderedFile, header: list[str], body: str) -> str:
    if file.path.endswith(".json"):  # has no comments; its readers take a description
        inner = json.loads(body)
        return json.dumps({"description": header, **inner}, indent=2, ensure_ascii=False) + "\n"
    comments = "".join(f"# {line}\n" for line in header)
    if file.role == "block":
        return f"{BEGIN}\n{comments}{body}{END}\n"
    return f"{comments}\n{body}"
