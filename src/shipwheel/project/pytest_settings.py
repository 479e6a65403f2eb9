"""pytest's own configuration, wherever it stands, and the plugins that it takes for granted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shipwheel.project.names import requirement_name
from shipwheel.project.pyproject import PYPROJECT, read_toml, strings, table
from shipwheel.project.recipe import split
from shipwheel.project.setup_cfg import read_ini
from shipwheel.project.tree import Tree

# the beginning of an option -> the plugin that brings it
_OPTIONS = {
    "--cov": "pytest-cov",
    "--no-cov": "pytest-cov",
    "-n": "pytest-xdist",
    "--numprocesses": "pytest-xdist",
    "--dist": "pytest-xdist",
    "--maxprocesses": "pytest-xdist",
    "--timeout": "pytest-timeout",
    "--session-timeout": "pytest-timeout",
    "--reruns": "pytest-rerunfailures",
    "--only-rerun": "pytest-rerunfailures",
    "--benchmark": "pytest-benchmark",
    "--codspeed": "pytest-codspeed",
    "--asyncio-mode": "pytest-asyncio",
    "--randomly": "pytest-randomly",
    "--random-order": "pytest-random-order",
    "--doctest-plus": "pytest-doctestplus",
    "--doctest-rst": "pytest-doctestplus",
    "--doctest-cython": "pytest-cython",
    "--text-file-format": "pytest-doctestplus",
    "--remote-data": "pytest-remotedata",
    "--mpl": "pytest-mpl",
    "--html": "pytest-html",
    "--self-contained-html": "pytest-html",
    "--parallel-threads": "pytest-run-parallel",
    "--iterations": "pytest-run-parallel",
    "--snapshot": "syrupy",
    "--ds": "pytest-django",
    "--reuse-db": "pytest-django",
    "--nomigrations": "pytest-django",
    "--no-migrations": "pytest-django",
    "--create-db": "pytest-django",
    "--hypothesis": "hypothesis",
    "--forked": "pytest-forked",
    "--boxed": "pytest-forked",
    "--instafail": "pytest-instafail",
    "--retries": "pytest-retry",
    "--disable-socket": "pytest-socket",
    "--allow-hosts": "pytest-socket",
    "--mypy-ini-file": "pytest-mypy-plugins",
    "--mypy-same-process": "pytest-mypy-plugins",
    "--mypy-only-local-stub": "pytest-mypy-plugins",
    "--nbval": "nbval",
    "--mypy": "pytest-mypy",
    "--ruff": "pytest-ruff",
    "--flake8": "pytest-flake8",
    "--black": "pytest-black",
    "--isort": "pytest-isort",
    "--pylint": "pytest-pylint",
    "--pycodestyle": "pytest-pycodestyle",
    "--pep8": "pytest-pep8",
    "--sugar": "pytest-sugar",
    "--force-sugar": "pytest-sugar",
    "--picked": "pytest-picked",
    "--testmon": "pytest-testmon",
    "--spec": "pytest-spec",
    "--alluredir": "allure-pytest",
    "--json-report": "pytest-json-report",
    "--xdoc": "xdoctest",
    "--xdoctest": "xdoctest",
    "--markdown-docs": "pytest-markdown-docs",
    "--memray": "pytest-memray",
    "--typeguard-packages": "typeguard",
    "--beartype-packages": "pytest-beartype",
    "--inline-snapshot": "inline-snapshot",
    "--block-network": "pytest-recording",
    "--record-mode": "pytest-recording",
    "--vcr-record": "pytest-vcr",
    "--aiohttp": "pytest-aiohttp",
    "--subprocess-vcr": "pytest-subprocess-vcr",
    "--strict-data-files": "pytest-regressions",
    "--error-for-skips": "pytest-error-for-skips",
    "--fail-on-template-vars": "pytest-django",
    "--emoji": "pytest-emoji",
    "--open-files": "pytest-openfiles",
    "--arraydiff": "pytest-arraydiff",
}
# a setting that only a plugin knows -> the plugin
_SETTINGS = {
    "asyncio_mode": "pytest-asyncio",
    "asyncio_default_fixture_loop_scope": "pytest-asyncio",
    "asyncio_default_test_loop_scope": "pytest-asyncio",
    "asyncio_debug": "pytest-asyncio",
    "anyio_mode": "anyio",
    "timeout": "pytest-timeout",
    "timeout_method": "pytest-timeout",
    "env": "pytest-env",
    "env_files": "pytest-dotenv",
    "qt_api": "pytest-qt",
    "django_settings_module": "pytest-django",
    "django_find_project": "pytest-django",
    "doctest_plus": "pytest-doctestplus",
    "doctest_subpackage_requires": "pytest-doctestplus",
    "doctest_rst": "pytest-doctestplus",
    "text_file_format": "pytest-doctestplus",
    "remote_data_strict": "pytest-remotedata",
    "mypy_plugins": "pytest-mypy-plugins",
    "flake8-ignore": "pytest-flake8",
    "trio_mode": "pytest-trio",
    "mocked-sessions": "alchemy-mock",
    "reruns": "pytest-rerunfailures",
    "xvfb_width": "pytest-xvfb",
    "freezegun_ignore_list": "pytest-freezer",
    "beartype_packages": "pytest-beartype",
    "typeguard-packages": "typeguard",
}
# a module named after -p -> what brings it; pytest's own need nothing
_MODULES = {
    "pytest_cov": "pytest-cov",
    "xdist": "pytest-xdist",
    "xdist.plugin": "pytest-xdist",
    "pytest_asyncio": "pytest-asyncio",
    "pytest_mypy_plugins": "pytest-mypy-plugins",
    "hypothesis": "hypothesis",
    "pytest_timeout": "pytest-timeout",
    "pytest_benchmark": "pytest-benchmark",
    "pytest_django": "pytest-django",
    "pytest_randomly": "pytest-randomly",
    "anyio": "anyio",
    "trio": "pytest-trio",
    "mypy_plugins": "pytest-mypy-plugins",
}
_CATEGORY = re.compile(r"^[^:]*:[^:]*:(?P<package>[A-Za-z_]\w*)\.[\w.]+")


@dataclass(frozen=True, kw_only=True)
class PytestSettings:
    """pytest's settings as they stand; `origin` is empty where there are none."""

    origin: str = ""
    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def collects_doctests(self) -> bool:
        """Say whether modules or text files are run as doctests."""
        words = (*self.options,)
        return any(
            word.startswith(("--doctest-modules", "--doctest-glob", "--doctest-plus", "--xdoc"))
            for word in words
        )


def read_pytest_settings(tree: Tree, tables: Mapping[str, Any]) -> PytestSettings:
    """Give the settings of the first file that pytest itself would take.

    Order and sections as pytest has them: pytest.toml and pytest.ini (also hidden), pyproject.toml
    (`[tool.pytest]` of pytest 9, `[tool.pytest.ini_options]`), tox.ini `[pytest]`, setup.cfg
    `[tool:pytest]`.
    """
    for name in ("pytest.toml", ".pytest.toml"):
        toml = read_toml(tree, name)
        if toml is not None:
            return _settings(table(toml, "pytest"), name)
    for name in ("pytest.ini", ".pytest.ini"):
        if tree.is_file(name):
            return _settings(dict(read_ini(tree, name).get("pytest", {})), name)
    native = table(tables, "tool", "pytest")
    ini = native.pop("ini_options", None)
    if native:
        return _settings(native, f"{PYPROJECT} [tool.pytest]")
    if isinstance(ini, Mapping):
        return _settings(dict(ini), f"{PYPROJECT} [tool.pytest.ini_options]")
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        sections = read_ini(tree, name)
        if section in sections:
            return _settings(dict(sections[section]), f"{name} [{section}]")
    return PytestSettings()


def _settings(values: dict[str, Any], origin: str) -> PytestSettings:
    return PytestSettings(
        origin=origin,
        options=_words(values.get("addopts")),
        paths=tuple(
            path.rstrip("/").removeprefix("./") for path in _words(values.get("testpaths"))
        ),
        values=values,
    )


def _words(value: Any) -> tuple[str, ...]:
    return split(value) if isinstance(value, str) else strings(value)


def plugins_of(options: Iterable[str]) -> dict[str, str]:
    """Give the plugins that options need, each with the option."""
    found: dict[str, str] = {}
    words = list(options)
    for index, word in enumerate(words):
        name = word.partition("=")[0]
        if name in {"-p", "--plugin"} or (word.startswith("-p") and not word.startswith("--")):
            module = word[2:] or "".join(words[index + 1 : index + 2])
            plugin = _MODULES.get(module)
            if plugin is None and module.startswith("pytest_"):
                plugin = module.replace("_", "-")
        else:
            plugin = _plugin(name)
        if plugin:
            found.setdefault(plugin, word)
    return found


def _plugin(option: str) -> str | None:
    if re.match(r"-n(?:\d+|auto|logical)?$", option):
        return "pytest-xdist"
    best = max((each for each in _OPTIONS if _is(option, each)), key=len, default=None)
    return _OPTIONS[best] if best else None


def _is(option: str, known: str) -> bool:
    return option == known or (known.startswith("--") and option.startswith(f"{known}-"))


def needed_by_settings(settings: PytestSettings) -> dict[str, str]:
    """Give the requirements that the settings take for granted, each with the setting."""
    found = plugins_of(settings.options)
    for key, value in settings.values.items():
        plugin = _SETTINGS.get(key.lower())
        if plugin is not None and value not in ("", None):
            found.setdefault(plugin, key)
    required = settings.values.get("required_plugins")
    for requirement in required.split() if isinstance(required, str) else strings(required):
        if requirement_name(requirement):
            found.setdefault(requirement, "required_plugins")
    return found


def filtered_packages(settings: PytestSettings) -> tuple[str, ...]:
    """Give the packages that `filterwarnings` imports for its categories."""
    value = settings.values.get("filterwarnings")
    lines = value.splitlines() if isinstance(value, str) else strings(value)
    found = (_CATEGORY.match(line.strip()) for line in lines)
    return tuple(dict.fromkeys(each["package"] for each in found if each))
