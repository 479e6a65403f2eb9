"""Faults that show when the modules of a wheel are imported, each in a fresh interpreter."""

from __future__ import annotations

from faulty import Fault, Wheel

PURE = "itsdangerous-wheel"
MAIN = "itsdangerous/__init__.py"


def _end(name: str, text: str, wheel: Wheel) -> None:
    wheel.write(name, f"{wheel.text(name)}\n{text}")


def _circle(wheel: Wheel) -> None:
    """Let two modules need each other: whoever begins with `two` does well, with `one` not."""
    wheel.write("itsdangerous/one.py", "import itsdangerous.two\nother = 1\n")
    wheel.write(
        "itsdangerous/two.py",
        "def later():\n    return other\n\n\nfrom itsdangerous.one import other\n",
    )


def _from_transitive(wheel: Wheel) -> None:
    wheel.add_metadata(("Requires-Dist", "jinja2"))
    _end(MAIN, "import markupsafe\n", wheel)


def _optional(wheel: Wheel) -> None:
    wheel.write("itsdangerous/fast.py", "import no_such_accelerator\n")


def _extra_is_not_enough(wheel: Wheel) -> None:
    wheel.add_metadata(("Provides-Extra", "fast"), ("Requires-Dist", 'six; extra == "fast"'))
    wheel.write("itsdangerous/fast.py", "import six\nprint(undefined_name)\n")


FAULTS = (
    Fault(
        "a name that nothing defines",
        "import",
        PURE,
        lambda w: _end("itsdangerous/exc.py", "print(undefined_name)\n", w),
        install=True,
        says=("undefined_name",),
    ),
    Fault(
        "a module that crashes the interpreter",
        "import",
        PURE,
        lambda w: w.write("itsdangerous/crash.py", "import os\nos.abort()\n"),
        install=True,
        says=("itsdangerous.crash", "signal 6"),
    ),
    Fault(
        "a data file of its own that is lost",
        "import",
        PURE,
        lambda w: w.write(
            "itsdangerous/words.py",
            "import pathlib\nWORDS = pathlib.Path(__file__).with_name('words.txt').read_text()\n",
        ),
        install=True,
        says=("words.txt",),
    ),
    Fault(
        "a compiled module that is cut short",
        "import",
        "markupsafe-linux",
        lambda w: w.write(w.find(".so"), w.read(w.find(".so"))[:4000]),
        install=True,
        says=("markupsafe", "crashed"),
    ),
    Fault(
        "a module that needs another to be imported first",
        "import-order",
        PURE,
        _circle,
        level="warning",
        install=True,
        says=("itsdangerous.one",),
    ),
    Fault(
        "the package imports what nobody declares",
        "import-undeclared",
        PURE,
        lambda w: _end(MAIN, "import no_such_thing_anywhere\n", w),
        install=True,
        says=("no_such_thing_anywhere",),
    ),
    Fault(
        "`python -m` needs what nobody declares",
        "import-undeclared",
        PURE,
        lambda w: w.write("itsdangerous/__main__.py", "import no_such_thing_anywhere\n"),
        level="warning",
        install=True,
        says=("no_such_thing_anywhere", "itsdangerous.__main__"),
    ),
    Fault(
        "what a dependency's dependency brings",
        "import-transitive",
        PURE,
        _from_transitive,
        level="warning",
        install=True,
        says=("markupsafe", "itsdangerous"),
    ),
    Fault(
        "a module needs what nobody declares",
        "import-optional",
        PURE,
        _optional,
        level="warning",
        install=True,
        says=("no_such_accelerator", "itsdangerous.fast"),
    ),
    Fault(
        "what the next Python no longer has",
        "import-warnings",
        PURE,
        lambda w: _end("itsdangerous/exc.py", "import datetime\ndatetime.datetime.utcnow()\n", w),
        level="warning",
        install=True,
        says=("itsdangerous/exc.py", "DeprecationWarning"),
    ),
    Fault(
        "`python -m` does not compile",
        "import-compiles",
        PURE,
        lambda w: w.write("itsdangerous/__main__.py", "print 'signed'\n"),
        install=True,
        says=("itsdangerous/__main__.py",),
    ),
    Fault(
        "a module fails with its extra, too",
        "extras-import",
        PURE,
        _extra_is_not_enough,
        level="warning",
        install=True,
        says=("itsdangerous.fast", "undefined_name"),
    ),
)
