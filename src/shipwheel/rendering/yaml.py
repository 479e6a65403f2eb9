"""YAML as a careful person writes it: PyYAML's text, with comments, gaps and rows put in by position.

PyYAML knows no comments. Ours are not written into the text as marks that a later pass looks for, because
then a user's text could be taken for one. They hang on values (`Commented`), are told apart by their place
in the data, and go to the line where PyYAML's own parser finds that place in the dumped text.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import yaml
import yaml.emitter

from shipwheel.rendering.page import Page, Span

_LONG = 80  # a text longer than this, which may stand behind a key and indented, is folded
_UNLIMITED = 1 << 20
_RESOLVER: Any = yaml.resolver.Resolver()
_ANALYSER = yaml.emitter.Emitter(io.StringIO())
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_Place: TypeAlias = tuple[
    int, ...
]  # the way to a value: its index at each level, of lists and of keys alike


class Plain(str):
    """A key that is never quoted: GitHub's `on`, which YAML 1.1 takes for true and its readers do not."""

    __slots__ = ()


class Flow(msgspec.Struct, frozen=True):
    """A mapping or list that stands on one line: `{ python: "3.12", runner: windows-2025 }`."""

    value: Mapping[str, Any] | Sequence[Any]


class Commented(msgspec.Struct, frozen=True, kw_only=True):
    """A value with comments: `above` its line, `behind` it; `gap` is a blank line before both.

    Comments are one paragraph each, given without `#`; those above are wrapped.
    """

    value: Any
    above: str = ""
    behind: str = ""
    gap: bool = False


def dump(data: Mapping[str, Any]) -> str:
    """Give `data` as YAML with line feeds that ends in one; keys in their order, no anchors.

    It may hold mappings, lists, tuples, text, numbers, booleans, None (a key with nothing behind it),
    and `Plain`, `Flow` and `Commented` at any place. The text reads back as the same data, in YAML 1.1
    and 1.2 alike (`Plain` keys apart).
    """
    notes: dict[_Place, Commented] = {}
    bare = _bare(data, (), notes)
    text = yaml.dump(
        bare, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_UNLIMITED, indent=2
    )
    page = Page(text.removesuffix("\n").split("\n"))
    root: Any = yaml.compose(text, Loader=_LOADER)
    _visit(root, (), Span(0, len(page.lines)), page, notes)
    return page.text()


def _bare(
    value: Any, place: _Place, notes: dict[_Place, Commented], *, within: bool = False
) -> Any:
    """Give a value without comments, and note where they were; `within` a row everything is of it."""
    match value:
        case Commented():
            notes[place] = value
            return _bare(value.value, place, notes, within=within)
        case Flow():
            return _bare(value.value, place, notes, within=True)
        case Mapping():
            pairs = (
                (
                    _bare(key, place, {}, within=within),
                    _bare(each, (*place, index), notes, within=within),
                )
                for index, (key, each) in enumerate(value.items())
            )
            return _FlowMapping(pairs) if within else dict(pairs)
        case list() | tuple():
            items = (
                _bare(each, (*place, index), notes, within=within)
                for index, each in enumerate(value)
            )
            return _FlowList(items) if within else list(items)
        case str() if within and type(value) is str:
            return _FlowText(value)
    return value


# --- text -------------------------------------------------------------------------------------------


class _FlowMapping(dict[str, Any]):
    pass


class _FlowList(list[Any]):
    pass


class _FlowText(str):
    __slots__ = ()


class _Dumper(_BASE):  # type: ignore[misc]  # one of PyYAML's, whichever is compiled in
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: Any, text: str) -> yaml.ScalarNode:
    style = _style(text, within=isinstance(text, _FlowText))
    node: yaml.ScalarNode = dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style)
    return node


@functools.lru_cache(maxsize=4096)
def _style(text: str, *, within: bool) -> str | None:
    """Give the style that a person would choose; PyYAML takes another where it would change the text.

    `within`: it stands in a row, between braces or brackets.
    """
    if not text.replace("\n", "").isprintable():
        return '"'  # with escapes; what Unicode calls a line's end would be one for PyYAML too
    if "\n" in text:
        # what begins with white space or ends in several lines' ends would need marks of its own
        return "|" if text.removesuffix("\n") == text.strip() != "" else '"'
    if len(text) > _LONG and " " in text and "  " not in f" {text} ":
        return ">"
    return None if _is_plain(text, within=within) or '"' in text or "\\" in text else '"'


def _is_plain(text: str, *, within: bool) -> bool:
    analysis = _ANALYSER.analyze_scalar(text)
    allowed = analysis.allow_flow_plain if within else analysis.allow_block_plain
    return allowed and not _means_something(text)


def _means_something(text: str) -> bool:
    """Say whether a reader of YAML 1.1 or 1.2 would take a plain text for a number, date or truth."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return tag != "tag:yaml.org,2002:str" or text[:1].isdigit() or text in {"y", "n", "Y", "N"}


def _plain(_dumper: Any, text: Plain) -> yaml.ScalarNode:
    # the tag that a plain `on` resolves to, so that the emitter sees no need of quotes
    tag = _RESOLVER.resolve(yaml.ScalarNode, str(text), (True, False))
    return yaml.ScalarNode(tag, str(text))


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_FlowText, _text)
_Dumper.add_representer(Plain, _plain)
_Dumper.add_representer(
    type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "")
)
_Dumper.add_representer(
    _FlowMapping,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True),
)
_Dumper.add_representer(
    _FlowList,
    lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True),
)


# --- places ---------------------------------------------------------------------------------------


def _visit(
    node: yaml.Node, place: _Place, span: Span, page: Page, notes: Mapping[_Place, Commented]
) -> None:
    """Note what is to be done to the lines of a node, whose first line and whose end are `span`."""
    if place in notes:
        note = notes[place]
        page.note(span.start, above=note.above, behind=note.behind, gap=note.gap)
    if isinstance(node, yaml.ScalarNode):
        if node.style == ">":
            page.fold(
                node.start_mark.line + 1, node.value, plain=_is_plain(node.value, within=False)
            )
        return
    assert isinstance(node, yaml.CollectionNode)
    if node.flow_style and isinstance(node, yaml.MappingNode) and node.value:
        page.braces.setdefault(node.start_mark.line, []).extend(
            (node.start_mark.column + 1, node.end_mark.column - 1)
        )
    pairs = isinstance(node, yaml.MappingNode)
    heads = [each[0] if pairs else each for each in node.value]
    starts = [each.start_mark.line for each in heads]
    for index, (start, end) in enumerate(zip(starts, [*starts[1:], span.end], strict=False)):
        child = node.value[index][1] if pairs else node.value[index]
        if pairs and _indentless(node, child):
            for line in range(child.start_mark.line, end):
                page.shift[line] += 2
        _visit(child, (*place, index), Span(start, end), page, notes)


def _indentless(mapping: yaml.Node, value: yaml.Node) -> bool:
    """Say whether a list begins in the column of its key: PyYAML's way, and hard to read."""
    return (
        isinstance(value, yaml.SequenceNode)
        and not value.flow_style
        and value.start_mark.column == mapping.start_mark.column
    )
