"""tox's factors: which conditional lines hold in the environment that we stand for."""

from __future__ import annotations

import re

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")
_PYTHON = re.compile(r"(?:py|python|cp)?(?P<major>[23])\.?(?P<minor>\d+)?t?$|py$|py3$")
_PYPY = re.compile(r"pypy[\d.]*$")
# what a project runs beside its usual tests
_SPECIAL = frozenset(
    [
        "pure",
        "nocov",
        "noext",
        "lowest",
        "min",
        "minimal",
        "oldest",
        "dev",
        "pre",
        "alpha",
        "beta",
        "devdeps",
        "main",
        "master",
        "nightly",
        "latest",
        "docs",
        "lint",
        "mypy",
        "type",
        "typing",
        "style",
        "flake8",
        "coverage",
        "cov",
        "report",
        "windows",
        "win",
        "macos",
        "nox",
        "xdist",
        "bare",
        "slow",
        "figure",
        "inspect",
        "pep8",
        "build",
        "dist",
        "debug",
        "asan",
        "conda",
        "integration",
        "no",
        "dbg",
    ]
)
_ANY_PYTHON = frozenset({"py", "py3", "python", "python3"})
Alternative = tuple[tuple[str, bool], ...]  # factors, each with whether it is wanted


def expand(text: str) -> list[Alternative]:
    """Give the alternatives of a condition (`py38,py39-!pure`), each a list of wanted factors."""
    alternatives = []
    for name in expand_names(text):
        parts = re.findall(r"!?[^-!\s]+", name)
        alternatives.append(tuple((part.lstrip("!"), not part.startswith("!")) for part in parts))
    return alternatives


def expand_names(text: str) -> list[str]:
    """Give the environments that an env list names, its braces and ranges (`py3{8-10}`) expanded."""
    names: list[str] = []
    for part in _split_outside_braces(text):
        names += _expanded(part.strip())
    return [name for name in names if name]


def _split_outside_braces(text: str) -> list[str]:
    depth, parts, current = 0, [], ""
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0 and character in ",\n":
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]


def _expanded(text: str) -> list[str]:
    found = _BRACES.search(text)
    if found is None:
        return [text]
    options: list[str] = []
    for option in found[1].split(","):
        span = _RANGE.fullmatch(option.strip())
        if span:
            options += [
                str(number)
                for number in range(int(span[1]), min(int(span[2]), int(span[1]) + 50) + 1)
            ]
        else:
            options.append(option.strip())
    head, tail = text[: found.start()], text[found.end() :]
    return [each for option in options for each in _expanded(f"{head}{option}{tail}")]


def is_python(factor: str) -> bool:
    """Say whether a factor names a Python."""
    return _PYTHON.match(factor) is not None or _PYPY.match(factor) is not None


def chosen_factors(env_list: str) -> frozenset[str]:
    """Choose the factors beside Python of the environment that stands for the usual tests.

    A plain `py312` has none. Else those that go with most Pythons: the last of numbered ones
    (`django42`, the newest), or the first that is nothing special (`cython`, not `pure`).
    """
    pythons: dict[tuple[str, ...], int] = {}
    for name in expand_names(env_list):
        parts = [part for part in name.split("-") if part]
        if parts and is_python(parts[0]):
            others = tuple(part for part in parts if not is_python(part))
            pythons[others] = pythons.get(others, 0) + 1
    usual = [each for each in pythons if not set(map(str.lower, each)) & _SPECIAL]
    if not usual or () in usual:
        return frozenset()
    numbered = [each for each in usual if all(re.search(r"\d", factor) for factor in each)]
    # a newer Django than the older Pythons can have would leave these without any
    most = max((pythons[each] for each in numbered), default=0)
    widest = [each for each in numbered if pythons[each] == most]
    return frozenset(widest[-1] if widest else usual[0])


def holds(alternatives: list[Alternative], factors: frozenset[str]) -> bool:
    """Say whether one alternative holds whatever the Python is."""
    return any(
        all(
            factor in _ANY_PYTHON or (not is_python(factor) and (factor in factors) is wanted)
            for factor, wanted in alternative
        )
        for alternative in alternatives
    )


def marker_of(alternatives: list[Alternative], factors: frozenset[str]) -> str | None:
    """Give the environment marker of a condition on Pythons alone; None where it cannot hold."""
    terms = []
    for alternative in alternatives:
        others = [pair for pair in alternative if not is_python(pair[0])]
        if any((factor in factors) is not wanted for factor, wanted in others):
            continue
        parts = [part for factor, wanted in alternative if (part := _marker(factor, wanted=wanted))]
        terms.append(" and ".join(parts))
    terms = [term for term in dict.fromkeys(terms) if term]
    if not terms:
        return None
    return terms[0] if len(terms) == 1 else " or ".join(f"({term})" for term in terms)


def _version(factor: str) -> str | None:
    found = _PYTHON.match(factor)
    return f"{found['major']}.{found['minor']}" if found and found["minor"] else None


def _marker(factor: str, *, wanted: bool) -> str | None:
    version = _version(factor)
    if version:
        return f'python_version {"==" if wanted else "!="} "{version}"'
    if _PYPY.match(factor):
        return f'platform_python_implementation {"==" if wanted else "!="} "PyPy"'
    if factor == "py2" or factor.startswith("py2"):
        return f'python_version {"<" if wanted else ">="} "3"'
    return None
