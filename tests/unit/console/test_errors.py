from __future__ import annotations

import io

from shipwheel.console.annotations import annotation
from shipwheel.console.errors import print_error
from shipwheel.console.terminal import Look
from shipwheel.errors import ConfigurationError

ERROR = ConfigurationError(
    "unknown key 'pythn' in tool.shipwheel",
    where="pyproject.toml [tool.shipwheel]",
    evidence="pythn = 3\n\x1b[2Jgone",
    hint="did you mean 'pythons'?\nor leave it out",
)


def printed(look: Look) -> list[str]:
    stream = io.StringIO()
    print_error(ERROR, stream, look=look)
    return stream.getvalue().splitlines()


def test_what_where_evidence_next() -> None:
    assert printed(Look()) == [
        "error: unknown key 'pythn' in tool.shipwheel",
        "  where: pyproject.toml [tool.shipwheel]",
        "  | pythn = 3",
        "  | gone",
        "  next: did you mean 'pythons'?",
        "        or leave it out",
    ]


def test_colours_on_a_terminal() -> None:
    assert printed(Look(rich=True))[0].startswith("\x1b[31merror: \x1b[0munknown key")


def test_an_annotation_in_a_github_job() -> None:
    assert printed(Look(github=True))[-1] == (
        "::error title=unknown key 'pythn' in tool.shipwheel"
        "::did you mean 'pythons'?%0Aor leave it out"
    )


def test_annotations_cannot_be_forged() -> None:
    text = annotation("error", "a\n::set-env name=x::y", title="a,b:c\n50%\r", file="src/a.py")
    assert text == ("::error title=a%2Cb%3Ac%0A50%25\\r,file=src/a.py::a%0A::set-env name=x::y")
