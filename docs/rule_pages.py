"""The pages of the rules of `verify`, made from the rules themselves: `python docs/rule_pages.py`.

They are committed, and a test holds that they are what the rules say: `--explain`, SARIF and the HTML
report lead to them.
"""

from __future__ import annotations

import re
from pathlib import Path

from shipwheel.console.rule_pages import example_of, how_to_ignore, page_name
from shipwheel.console.rules import LOOKS_AT
from shipwheel.verification.catalogue import rules
from shipwheel.verification.check import Rule
from shipwheel.verification.families import FAMILIES

FOLDER = Path(__file__).resolve().parent / "rules"
_MADE = "<!-- Made from the rules by docs/rule_pages.py: not to be edited. -->"
_ANGLE = re.compile(r"<(?![^`]*`[^`]*(?:`[^`]*`)*[^`]*$)")  # `<` outside of code


def pages() -> dict[str, str]:
    """Give the text of each page by its file's name: one a family, and the index of all."""
    families: dict[str, list[Rule]] = {family: [] for family in FAMILIES}
    for rule in rules():
        if not rule.origin:
            families.setdefault(rule.family, []).append(rule)
    families = {name: group for name, group in families.items() if group}
    found = {f"{page_name(name)}.md": _family(name, each) for name, each in families.items()}
    return {**found, "index.md": _index(families)}


def write() -> list[str]:
    """Write the pages that changed, take away those of families that are gone; give their names."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    changed = []
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
            changed.append(path.name)
    for name, text in wanted.items():
        path = FOLDER / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def _index(families: dict[str, list[Rule]]) -> str:
    lines = ["# The rules", "", _MADE, ""]
    lines += [
        "Each rule has an id that stays, a level, and a page with the reason, the mend and an example.",
        "`shipwheel verify --list-rules` and `--explain RULE` show the same.",
        "",
    ]
    for family, group in families.items():
        page = page_name(family)
        lines += [f"## {family.capitalize()}", "", "| rule | level | what holds |"]
        lines += ["| --- | --- | --- |"]
        lines += [
            f"| [`{rule.id}`]({page}.md#{rule.id}) | {rule.level} | {_text(rule.title)} |"
            for rule in group
        ]
        lines.append("")
    names = "\n".join(page_name(family) for family in families)
    return "\n".join([*lines, "```{toctree}", ":hidden:", "", names, "```", ""])


def _family(family: str, group: list[Rule]) -> str:
    lines = [f"# {family.capitalize()}", "", _MADE, ""]
    for rule in group:
        lines += _section(rule)
    return "\n".join(lines)


def _section(rule: Rule) -> list[str]:
    lines = [f"## {rule.id}", "", f"*{rule.level}, looks at {LOOKS_AT[rule.subject]}*", ""]
    lines += [f"{_text(rule.title)}. {_text(rule.reason)}".rstrip(), ""]
    lines += [f"**If not:** {_text(rule.hint)}.", ""]
    example = example_of(rule.id)
    if example is not None:
        lines += [f"**For example** `{example.file}`, changed: {_text(example.fault)}.", ""]
        lines += ["```text", f"{example.level} {rule.id}: {example.message}", "```", ""]
    return [*lines, f"**To set it aside:** `{how_to_ignore(rule.id)}`", ""]


def _text(text: str) -> str:
    """Give a sentence of the code as Markdown, in one line."""
    return _ANGLE.sub("&lt;", " ".join(text.split())).replace("|", "\\|")


if __name__ == "__main__":
    print(", ".join(write()) or "nothing changed")
