"""Faults of contents: what is lost, what came along, what is in the wrong place or cannot be imported."""

from __future__ import annotations

from functools import partial

from faulty import Fault, Files, Wheel

from shipwheel.project.read import read_project

PURE = "itsdangerous-wheel"
LINUX = "markupsafe-linux"
OLD = "packaging-wheel"
KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n" * 3


def _add(name: str, data: str | bytes, wheel: Wheel) -> None:
    wheel.write(name, data)


def _end(name: str, data: str, wheel: Wheel) -> None:
    wheel.write(name, wheel.text(name) + data)


def _begin(name: str, data: str, wheel: Wheel) -> None:
    wheel.write(name, data + wheel.text(name))


def _remove(name: str, wheel: Wheel) -> None:
    wheel.remove(name)


def _rename(old: str, new: str, wheel: Wheel) -> None:
    wheel.rename(old, new)


def _move(old: str, new: str, wheel: Wheel) -> None:
    """Move the package, and its name in setuptools' list with it."""
    wheel.rename(old, new)


def _own(name: str, data: str, wheel: Wheel) -> None:
    wheel.write(wheel.own(name), data)


def _empty(wheel: Wheel) -> None:
    wheel.remove("itsdangerous/")


def _data(path: str, data: str, wheel: Wheel) -> None:
    folder = wheel.dist_info.removesuffix(".dist-info")
    wheel.write(f"{folder}.data/{path}", data)


def _dependency(wheel: Wheel) -> None:
    """Bring along the package of what it requires, as `pip install -t` into the tree does."""
    wheel.add_metadata(("Requires-Dist", "blinker>=1.9"))
    wheel.write("blinker/__init__.py", "signal = None\n")


def _requires_another(wheel: Wheel) -> None:
    wheel.add_metadata(("Requires-Dist", "blinker>=1.9"))
    _begin("itsdangerous/timed.py", "import requests\n", wheel)


def _typed(wheel: Wheel) -> None:
    wheel.remove("itsdangerous/py.typed")


def _listed(wheel: Wheel) -> None:
    wheel.write(wheel.own("top_level.txt"), "itsdangerous\nitsdangerous_extra\n")


def _lose_data(files: Files) -> None:
    files[PURE].remove("itsdangerous/py.typed")
    files[PURE].metadata("Classifier", None)


def _project(starter: str) -> dict[str, object]:
    from bases import TEMPLATES

    return {"project": read_project(TEMPLATES / starter)}


def _starter_package(wheel: Wheel) -> str:
    return next(name for name in wheel.names if name.endswith("/__init__.py")).partition("/")[0]


def _lose_packages(wheel: Wheel) -> None:
    package = _starter_package(wheel)
    wheel.rename(f"{package}/", "something_else/")


def _lose_extension(wheel: Wheel) -> None:
    for name in [each for each in wheel.names if each.endswith(".so")]:
        wheel.remove(name)


def _all_in_src(wheel: Wheel) -> None:
    wheel.rename("itsdangerous/", "src/itsdangerous/")


def _editable(wheel: Wheel) -> None:
    wheel.write("__editable__.itsdangerous-2.2.0.pth", "/home/dev/itsdangerous/src\n")


def _nested(wheel: Wheel) -> None:
    wheel.write("itsdangerous/dist/itsdangerous-2.1.0-py3-none-any.whl", b"PK\x05\x06" + bytes(18))


def _f_string(wheel: Wheel) -> None:
    wheel.write(
        "itsdangerous/signer.py", wheel.text("itsdangerous/signer.py") + "\ntype Key = bytes\n"
    )


def _new_syntax(text: str) -> partial[None]:
    return partial(_end, "itsdangerous/encoding.py", text)


def _leftover(name: str) -> Fault:
    return Fault(
        name, "contents-leftovers", PURE, partial(_add, name, "x"), "warning", says=(name,)
    )


def _stray(name: str) -> Fault:
    change = partial(_add, name, "x = 1\n")
    top = name.partition("/")[0]
    return Fault(name, "contents-top-level", PURE, change, "warning", says=(top,))


FAULTS = (
    Fault("every package lost", "contents-empty", PURE, _empty),
    Fault(
        "the project's package under another name",
        "contents-packages",
        "pure-wheel",
        _lose_packages,
        known=partial(_project, "pure"),
    ),
    Fault(
        "the extension that the project promises lost",
        "contents-compiled",
        "c-extension-wheel",
        _lose_extension,
        known=partial(_project, "c-extension"),
    ),
    _stray("tests/__init__.py"),
    _stray("docs/conf.py"),
    _stray("examples/demo.py"),
    _stray("conftest.py"),
    _stray("setup.py"),
    _stray("build/lib/itsdangerous/__init__.py"),
    _stray("LICENSE.txt"),
    _stray("README.md"),
    _stray("pyproject.toml"),
    Fault("everything below src", "contents-top-level", PURE, _all_in_src, says=("src",)),
    _leftover("itsdangerous/__pycache__/signer.cpython-312.pyc"),
    _leftover("itsdangerous/.git/HEAD"),
    _leftover("itsdangerous/.env"),
    _leftover("itsdangerous/.DS_Store"),
    _leftover("itsdangerous/signer.py.orig"),
    _leftover("itsdangerous/signer.py~"),
    _leftover("itsdangerous/.signer.py.swp"),
    _leftover("itsdangerous/._signer.py"),
    _leftover("itsdangerous/id_rsa"),
    _leftover("itsdangerous.egg-info/PKG-INFO"),
    _leftover(".idea/workspace.xml"),
    _leftover(".github/workflows/ci.yml"),
    _leftover("node_modules/a/index.js"),
    _leftover(".venv/pyvenv.cfg"),
    _leftover(".coverage"),
    Fault("the wheel of an older version within", "contents-nested", PURE, _nested, "warning"),
    Fault(
        "an environment within",
        "contents-nested",
        PURE,
        partial(_add, "env/lib/python3.12/site-packages/six.py", "x = 1\n"),
        "warning",
    ),
    Fault(
        "a private key",
        "contents-secrets",
        PURE,
        partial(_add, "itsdangerous/server.pem", KEY),
        "warning",
        says=("itsdangerous/server.pem", "private key"),
    ),
    Fault(
        "a token in a settings module",
        "contents-secrets",
        PURE,
        partial(_add, "itsdangerous/settings.py", f'TOKEN = "ghp_{"a1B2" * 9}"\n'),
        says=("itsdangerous/settings.py", "GitHub"),
    ),
    Fault(
        "an upload token in a text",
        "contents-secrets",
        PURE,
        partial(_add, "itsdangerous/pypirc.ini", f"password = pypi-AgEIcHlwaS5vcmc{'x9' * 40}\n"),
        says=("PyPI",),
    ),
    Fault(
        "an unknown part of .data",
        "contents-data",
        PURE,
        partial(_data, "bin/tool", "x"),
        says=("bin/",),
    ),
    Fault(
        "a file loose in the environment",
        "contents-prefix",
        PURE,
        partial(_data, "data/LICENSE", "x"),
        "warning",
    ),
    Fault(
        "a path of the system",
        "contents-prefix",
        PURE,
        partial(_data, "data/usr/share/itsdangerous/x.txt", "x"),
        "warning",
        says=("usr/share",),
    ),
    Fault(
        "packed from an installed copy",
        "contents-installer",
        PURE,
        partial(
            _own, "direct_url.json", '{"url": "file:///home/dev/itsdangerous", "dir_info": {}}'
        ),
        "warning",
    ),
    Fault(
        "INSTALLER in the wheel",
        "contents-installer",
        PURE,
        partial(_own, "INSTALLER", "pip\n"),
        "warning",
    ),
    # packages
    Fault(
        "a module of the standard library's name",
        "package-stdlib",
        PURE,
        partial(_add, "logging.py", "x = 1\n"),
        says=("logging",),
    ),
    Fault(
        "a package of the standard library's name",
        "package-stdlib",
        PURE,
        partial(_add, "json/__init__.py", "x = 1\n"),
        says=("json",),
    ),
    Fault("a dependency packed along", "package-foreign", PURE, _dependency, says=("blinker",)),
    Fault(
        "a well-known package packed along",
        "package-foreign",
        PURE,
        partial(_add, "requests/__init__.py", "x = 1\n"),
        "warning",
        says=("requests",),
    ),
    Fault("a listed package lost", "package-listed", PURE, _listed, says=("itsdangerous_extra",)),
    Fault(
        "a shared name shut",
        "package-namespace",
        PURE,
        partial(_add, "google/__init__.py", ""),
        says=("google/__init__.py",),
    ),
    Fault("py.typed lost", "package-typed", PURE, _typed, "warning", says=("py.typed",)),
    Fault(
        "py.typed at the top level",
        "package-typed",
        PURE,
        partial(_rename, "itsdangerous/py.typed", "py.typed"),
        "warning",
        says=("top level",),
    ),
    Fault(
        "a package that no import can name",
        "package-name",
        PURE,
        partial(_add, "its-dangerous/__init__.py", ""),
        "warning",
        says=("its-dangerous",),
    ),
    Fault(
        "the package's __init__ lost",
        "package-init",
        OLD,
        partial(_remove, "packaging/__init__.py"),
        "warning",
        says=("packaging/",),
    ),
    Fault(
        "package data lost",
        "package-data",
        (PURE, "itsdangerous-sdist"),
        _lose_data,
        "warning",
        says=("itsdangerous/py.typed",),
    ),
    # sources
    Fault(
        "half a line",
        "source-syntax",
        PURE,
        _new_syntax("\ndef broken(:\n"),
        says=("encoding.py", "line"),
    ),
    Fault(
        "Python 2", "source-syntax", PURE, _new_syntax('\nprint "hello"\n'), says=("no Python 3",)
    ),
    Fault(
        "tabs and spaces", "source-syntax", PURE, _new_syntax("\nif 1:\n\tx = 1\n        y = 2\n")
    ),
    Fault(
        "null bytes",
        "source-syntax",
        PURE,
        partial(_end, "itsdangerous/encoding.py", "\0\0"),
        says=("null",),
    ),
    Fault(
        "an encoding that it is not in",
        "source-syntax",
        PURE,
        partial(_add, "itsdangerous/latin.py", b"# -*- coding: utf-8 -*-\nname = '\xe9\xe8'\n"),
        says=("latin.py",),
    ),
    Fault(
        "an unknown encoding",
        "source-syntax",
        PURE,
        partial(_add, "itsdangerous/odd.py", "# coding: klingon\nx = 1\n"),
        says=("klingon",),
    ),
    Fault(
        "half a line in a wheel for a newer Python",
        "source-syntax",
        LINUX,
        partial(_end, "markupsafe/__init__.py", "\nx = (1,\n"),
    ),
    Fault(
        "a match statement for 3.8",
        "source-python",
        PURE,
        _new_syntax("\nmatch [1]:\n    case [x]:\n        pass\n"),
        says=("3.10", "3.8", "encoding.py"),
    ),
    Fault(
        "except* for 3.8",
        "source-python",
        PURE,
        _new_syntax("\ntry:\n    pass\nexcept* ValueError:\n    pass\n"),
        says=("3.11",),
    ),
    Fault(
        "with in parentheses for 3.8",
        "source-python",
        PURE,
        _new_syntax("\nwith (open(__file__) as a, open(__file__) as b):\n    pass\n"),
        says=("3.9",),
    ),
    Fault(
        "a starred index for 3.8",
        "source-python",
        PURE,
        _new_syntax("\nimport typing as t\nx: t.Any = dict[*(int, int)]\n"),
        says=("3.11",),
    ),
    Fault(
        "a module lost",
        "source-imports",
        PURE,
        partial(_remove, "itsdangerous/signer.py"),
        says=("itsdangerous.signer", "itsdangerous/__init__.py"),
    ),
    Fault(
        "a module of a package's own lost",
        "source-imports",
        OLD,
        partial(_remove, "packaging/_tokenizer.py"),
        says=("packaging._tokenizer",),
    ),
    Fault(
        "a generated module lost",
        "source-imports",
        "markupsafe-linux",
        partial(_begin, "markupsafe/__init__.py", "from .version import number\n"),
        says=("markupsafe.version",),
    ),
    Fault(
        "a name that is not there",
        "source-imports",
        PURE,
        partial(_begin, "itsdangerous/timed.py", "from .encoding import want_strings\n"),
        says=("want_strings",),
    ),
    Fault(
        "a module that is gone from the standard library",
        "source-stdlib",
        PURE,
        partial(_begin, "itsdangerous/timed.py", "import imp\n"),
        says=("imp", "3.12"),
    ),
    Fault(
        "a module that older Pythons lack",
        "source-stdlib",
        PURE,
        partial(_begin, "itsdangerous/timed.py", "import tomllib\n"),
        says=("tomllib", "3.8"),
    ),
    Fault(
        "an import that nothing brings",
        "source-undeclared",
        PURE,
        partial(_begin, "itsdangerous/timed.py", "import requests\n"),
        says=("requests", "itsdangerous/timed.py"),
    ),
    Fault(
        "an import that what is required does not bring",
        "source-undeclared",
        PURE,
        _requires_another,
        "warning",
        says=("requests",),
    ),
    Fault(
        "a name that older Pythons' library lacks",
        "source-stdlib",
        PURE,
        partial(_end, "itsdangerous/timed.py", "\nfrom typing import Self\n"),
        says=("typing.Self", "3.8"),
    ),
    Fault(
        "a name that is gone from the library",
        "source-stdlib",
        PURE,
        partial(_end, "itsdangerous/timed.py", "\nfrom collections import Mapping\n"),
        says=("collections.Mapping", "3.12"),
    ),
    Fault(
        "a return outside of any function",
        "source-syntax",
        PURE,
        _new_syntax("\nreturn None\n"),
        says=("encoding.py", "return"),
    ),
    Fault(
        "a __future__ behind other statements",
        "source-syntax",
        PURE,
        _new_syntax("\nfrom __future__ import annotations\n"),
        says=("encoding.py", "__future__"),
    ),
    Fault(
        "an unsettled merge",
        "source-conflict",
        PURE,
        partial(
            _add,
            "itsdangerous/defaults.json",
            '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> other\n}\n',
        ),
        says=("line 2",),
    ),
    # scripts
    Fault(
        "a script that Windows wrote",
        "script-interpreter",
        PURE,
        partial(_data, "scripts/sign", "#!/bin/sh\r\necho\r\n"),
        says=("scripts/sign",),
    ),
    Fault(
        "a script with the builder's Python",
        "script-interpreter",
        PURE,
        partial(_data, "scripts/sign", "#!/home/dev/venv/bin/python\nprint(1)\n"),
        says=("/home/dev",),
    ),
    Fault(
        "a script without an interpreter",
        "script-interpreter",
        PURE,
        partial(_data, "scripts/sign", "import itsdangerous\n"),
        "warning",
    ),
    Fault(
        "an __init__.py beside the package",
        "contents-top-level",
        PURE,
        partial(_add, "__init__.py", ""),
        "warning",
    ),
    Fault(
        "a folder without modules",
        "contents-top-level",
        PURE,
        partial(_add, "art/logo.svg", "<svg/>"),
        "warning",
    ),
    Fault(
        "a module that the package hides",
        "contents-top-level",
        PURE,
        partial(_add, "itsdangerous.py", "x = 1\n"),
        "warning",
        says=("itsdangerous.py",),
    ),
    Fault("an editable install's .pth", "startup-path", PURE, _editable, says=("/home/dev",)),
    Fault(
        "a .pth that leads nowhere",
        "startup-path",
        PURE,
        partial(_add, "itsdangerous.pth", "itsdangerous_lib\n"),
        "warning",
    ),
    Fault(
        "a .pth that fetches what it runs",
        "startup-path",
        PURE,
        partial(_add, "zz.pth", "import base64;exec(base64.b64decode('cHJpbnQoMSk='))\n"),
        says=("zz.pth",),
    ),
)
