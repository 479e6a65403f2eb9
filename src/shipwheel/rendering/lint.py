"""What can be said of a workflow without a network: that it is YAML, and that its actions are pinned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from shipwheel.rendering.pins import unpinned

_COMMIT = re.compile(r"@(?:sha256:[0-9a-f]{64}|[0-9a-f]{40})$")


def problems(path: str, text: str) -> Iterator[str]:
    """Say what is wrong with a file of CI's, a sentence each with its line; nothing for other files."""
    if not path.endswith((".yml", ".yaml")):
        return
    try:
        root = _composed(text)
    except ValueError as error:
        yield str(error)
        return
    if path.startswith(".github/"):
        told = list(unpinned(text))
        yield from told
        lines = {each.partition(":")[0] for each in told}
        yield from (each for each in _floating(root) if each.partition(":")[0] not in lines)


def _composed(text: str) -> Any:
    """Give a text's nodes; a provider's own tags (`!reference`) are let be.

    Raises ValueError with the line where it is no YAML.
    """
    import yaml  # noqa: PLC0415 - only a file that differs is read

    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"{line}no valid YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise ValueError(f"no valid YAML: {str(error).splitlines()[0]}") from error


def _floating(root: Any) -> Iterator[str]:
    """Say which actions are at no commit, however YAML writes them: `{ uses: owner/action@v4 }`."""
    for key, value in _pairs(root):
        if key.value != "uses" or not isinstance(value.value, str):
            continue
        if not value.value.startswith(".") and not _COMMIT.search(value.value):
            yield f"line {key.start_mark.line + 1}: {value.value} is at no commit"


def _pairs(root: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is None or isinstance(node.value, str):
            continue
        for each in node.value:
            if isinstance(each, tuple):
                yield each
            waiting += each if isinstance(each, tuple) else [each]


def includes(text: str, path: str) -> bool:
    """Say whether GitLab's root file includes `path`, in any form that `include` has; false for no YAML."""
    try:
        root = _composed(text)
    except ValueError:
        return False
    top = root.value if root is not None and root.tag.endswith(":map") else []
    waiting = [value for key, value in top if key.value == "include"]
    while waiting:
        node = waiting.pop()
        if isinstance(node.value, str):
            if node.value.removeprefix("/") == path:
                return True
        elif node.tag.endswith(":map"):
            waiting += [value for key, value in node.value if key.value == "local"]
        else:
            waiting += node.value
    return False
