"""What can be said of a workflow without a network: that it is YAML, and that its actions are pinned."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.rendering.pins import unpinned


def problems(path: str, text: str) -> Iterator[str]:
    """Say what is wrong with a file of CI's, a sentence each with its line; nothing for other files."""
    if not path.endswith((".yml", ".yaml")):
        return
    broken = yaml_problem(text)
    if broken:
        yield broken
    elif path.startswith(".github/"):
        yield from unpinned(text)


def yaml_problem(text: str) -> str | None:
    """Say where a text is no YAML, None where it is; a provider's own tags (`!reference`) are let be."""
    import yaml  # noqa: PLC0415 - only a file that differs is read

    try:
        yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        return f"{line}no valid YAML: {error.problem or error.context}"
    except yaml.YAMLError as error:  # a character that YAML does not allow
        return f"no valid YAML: {str(error).splitlines()[0]}"
    return None


def includes(text: str, path: str) -> bool:
    """Say whether GitLab's root file includes `path`, in any form that `include` has; false for no YAML."""
    import yaml  # noqa: PLC0415 - GitLab's alone

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return False
    if not isinstance(root, yaml.MappingNode):
        return False
    wanted = [value for key, value in root.value if key.value == "include"]
    while wanted:
        node = wanted.pop()
        if isinstance(node, yaml.ScalarNode):
            if str(node.value).removeprefix("/") == path:
                return True
        elif isinstance(node, yaml.MappingNode):
            wanted += [value for key, value in node.value if key.value in {"local", "file"}]
        else:
            wanted += node.value
    return False
