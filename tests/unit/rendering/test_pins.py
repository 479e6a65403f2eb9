"""Pins in a workflow: what is one, what a bot does to it, and what nobody's bot does."""

from __future__ import annotations

import pytest

from shipwheel.rendering.pins import blanked, bumps, edits, highest, kept, pins_in, unpinned

OLD, NEW, OTHER = "a" * 40, "b" * 40, "c" * 40
OURS = f"""\
steps:
  - name: Check out
    uses: actions/checkout@{OLD} # v7.0.1
  - uses: "owner/action/sub@{OTHER}" # v1.2.3
  - uses: ./local
  - run: echo uses
"""


def ours_with(ref: str, comment: str) -> str:
    return OURS.replace(f"checkout@{OLD} # v7.0.1", f"checkout@{ref}{comment}")


def test_pins_are_read_with_their_lines() -> None:
    found = [(pin.action, pin.version, pin.line) for pin in pins_in(OURS)]

    assert found == [("actions/checkout", "v7.0.1", 3), ("owner/action/sub", "v1.2.3", 4)]
    assert not list(unpinned(OURS))


@pytest.mark.parametrize(
    ("comment", "case"),
    [
        (" # v7.0.2", "Dependabot, a patch"),
        (" # v8.0.0", "Dependabot, a major"),
        (" # v8", "Renovate with a short comment"),
        (" # v8.1", "two numbers"),
        (" # 8.0.0", "a project that tags without v"),
        ("  # v7.1.0", "two blanks, as formatters want them"),
    ],
)
def test_a_bots_bump_is_none_of_our_business(comment: str, case: str) -> None:
    text = ours_with(NEW, comment)

    assert not list(edits(OURS, text, older=False)), case
    assert [pin.commit for pin in bumps(OURS, text)] == [NEW]
    assert blanked(text) == blanked(OURS)
    assert NEW in kept(OURS, highest(bumps(OURS, text)))


@pytest.mark.parametrize(
    ("ref", "comment", "said"),
    [
        ("v8", "", "line 3: actions/checkout is pinned to 'v8', which is no commit"),
        ("main", " # v8.0.0", "pinned to 'main'"),
        (NEW[:39], " # v8.0.0", "which is no commit"),
        (NEW.upper(), " # v8.0.0", "which is no commit"),
        (NEW, "", "has no comment `# vX.Y.Z`"),
        (NEW, " # the new one", "has no comment `# vX.Y.Z`"),
        (NEW, " # v7.0.1", "has another commit than v7.0.1, and the same version"),
        (NEW, " # v7.0.1.0", "has another commit than v7.0.1, and the same version"),
        (OLD, " # v8.0.0", "says v8.0.0, and its commit is that of v7.0.1"),
        (OLD, " # v6.0.0", "says v6.0.0, and its commit is that of v7.0.1"),
        (NEW, " # v6.0.0", "went back from v7.0.1 to v6.0.0"),
        (NEW, " # v7", "went back from v7.0.1 to v7"),
    ],
)
def test_what_no_bot_does_is_said_with_its_line(ref: str, comment: str, said: str) -> None:
    text = ours_with(ref, comment)

    told = list(edits(OURS, text, older=False))

    assert len(told) == 1
    assert said in told[0]
    assert told[0].startswith("line 3: ")
    assert not bumps(OURS, text)


def test_a_pin_older_than_ours_is_an_older_tools() -> None:
    assert not list(edits(OURS, ours_with(NEW, " # v6.0.0"), older=True))


def test_what_is_kept_is_the_newest_and_never_older_than_ours() -> None:
    found = pins_in(ours_with(NEW, " # v9.0.0") + ours_with(OTHER, " # v10.0.0"))
    text = kept(OURS, highest(found))

    assert f"actions/checkout@{OTHER} # v10.0.0" in text
    assert text.count("v1.2.3") == 1
    assert kept(OURS, highest(pins_in(ours_with(NEW, " # v5.0.0")))) == OURS
