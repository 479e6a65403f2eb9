"""What a tree of a few lines is taken for: name, version, packages, kind."""

from __future__ import annotations

import pytest

from shipwheel.project.explain import explain, shown
from shipwheel.project.facts import Kind

SYSTEMS = {
    "flit": 'requires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"',
    "hatch": 'requires = ["hatchling"]\nbuild-backend = "hatchling.build"',
    "poetry": 'requires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"',
    "setuptools": 'requires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"',
    "pdm": 'requires = ["pdm-backend"]\nbuild-backend = "pdm.backend"',
    "maturin": 'requires = ["maturin"]\nbuild-backend = "maturin"',
    "meson": 'requires = ["meson-python"]\nbuild-backend = "mesonpy"',
    "scikit": 'requires = ["scikit-build-core"]\nbuild-backend = "scikit_build_core.build"',
    "uv": 'requires = ["uv_build"]\nbuild-backend = "uv_build"',
}


def pyproject(system, rest="", name="my-thing", version='version = "1.0"'):
    return f'[build-system]\n{SYSTEMS[system]}\n[project]\nname = "{name}"\n{version}\n{rest}'


DYNAMIC = 'dynamic = ["version"]'
INIT = "__version__ = '2.0'\n"


@pytest.mark.parametrize(
    ("files", "version", "scm"),
    [
        ({"pyproject.toml": pyproject("flit")}, "1.0", False),
        ({"pyproject.toml": pyproject("flit", version='version = "1.0.dev"')}, "1.0.dev0", False),
        (
            {"pyproject.toml": pyproject("flit", version=DYNAMIC), "my_thing/__init__.py": INIT},
            "2.0",
            False,
        ),
        (
            {"pyproject.toml": pyproject("flit", version=DYNAMIC), "my_thing.py": "v = 1"},
            None,
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "hatch", '[tool.hatch.version]\npath = "a.py"', version=DYNAMIC
                ),
                "a.py": INIT,
            },
            "2.0",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "hatch", '[tool.hatch.version]\nsource = "vcs"', version=DYNAMIC
                )
            },
            None,
            True,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "setuptools",
                    '[tool.setuptools.dynamic]\nversion = {attr = "my_thing.__version__"}',
                    version=DYNAMIC,
                ),
                "src/my_thing/__init__.py": INIT,
            },
            "2.0",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "setuptools",
                    '[tool.setuptools.dynamic]\nversion = {file = "V"}',
                    version=DYNAMIC,
                ),
                "V": "3.1\n",
            },
            "3.1",
            False,
        ),
        (
            {"pyproject.toml": pyproject("setuptools", "[tool.setuptools_scm]", version=DYNAMIC)},
            None,
            True,
        ),
        (
            {"pyproject.toml": pyproject("setuptools", "[tool.versioneer]", version=DYNAMIC)},
            None,
            True,
        ),
        ({"setup.py": "import setuptools\nsetuptools.setup(name='a', pbr=True)"}, None, True),
        (
            {"setup.py": "import setuptools\nsetuptools.setup(name='a', use_scm_version=True)"},
            None,
            True,
        ),
        (
            {"setup.cfg": "[metadata]\nname = a\nversion = attr: a.__version__\n", "a.py": INIT},
            "2.0",
            False,
        ),
        (
            {
                "setup.py": "from a import __version__\nfrom setuptools import setup\nsetup(name='a', version=__version__)",
                "a.py": INIT,
            },
            "2.0",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject("meson", version=DYNAMIC),
                "meson.build": "project('x', 'c', version: '4.5.dev1')\n",
            },
            "4.5.dev1",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject("maturin", version=DYNAMIC),
                "Cargo.toml": '[package]\nname = "x"\nversion = "1.0.0-beta.2"\n',
            },
            "1.0.0b2",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "pdm", '[tool.pdm.version]\nsource = "scm"', version=DYNAMIC
                )
            },
            None,
            True,
        ),
    ],
)
def test_versions(read, files, version, scm):
    project = read(files)
    assert (project.version.value, project.scm_version) == (version, scm)


@pytest.mark.parametrize(
    ("files", "packages"),
    [
        (
            {"pyproject.toml": pyproject("flit"), "src/my_thing/__init__.py": ""},
            {"my_thing": "src/my_thing"},
        ),
        ({"pyproject.toml": pyproject("flit"), "my_thing.py": ""}, {"my_thing": "my_thing.py"}),
        (
            {
                "pyproject.toml": pyproject("flit", '[tool.flit.module]\nname = "other"'),
                "other.py": "",
            },
            {"other": "other.py"},
        ),
        (
            {"pyproject.toml": pyproject("flit", name="ns.thing"), "ns/thing/__init__.py": ""},
            {"ns.thing": "ns/thing"},
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "hatch", '[tool.hatch.build.targets.wheel]\npackages = ["src/a", "b"]'
                ),
                "src/a/__init__.py": "",
                "b/__init__.py": "",
            },
            {"a": "src/a", "b": "b"},
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "hatch",
                    '[tool.hatch.build.targets.wheel]\nonly-include = ["src"]\nsources = ["src"]',
                ),
                "src/a/__init__.py": "",
            },
            {"a": "src/a"},
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "poetry", '[tool.poetry]\npackages = [{include = "a", from = "lib"}]'
                ),
                "lib/a/__init__.py": "",
            },
            {"a": "lib/a"},
        ),
        (
            {"pyproject.toml": pyproject("uv"), "src/my_thing/__init__.py": ""},
            {"my_thing": "src/my_thing"},
        ),
        (
            {
                "pyproject.toml": pyproject("setuptools"),
                "src/a/__init__.py": "",
                "src/b/__init__.py": "",
            },
            {"a": "src/a", "b": "src/b"},
        ),
        (
            {
                "pyproject.toml": pyproject("setuptools", name="zope.thing"),
                "src/zope/thing/__init__.py": "",
            },
            {"zope.thing": "src/zope/thing"},
        ),
        (
            {
                "pyproject.toml": pyproject("setuptools"),
                "ns/__init__.py": "__import__('pkg_resources').declare_namespace(__name__)\n",
                "ns/thing/__init__.py": "",
                "setup.py": "from setuptools import setup, find_packages\nsetup(packages=find_packages())",
            },
            {"ns.thing": "ns/thing"},
        ),
        (
            {
                "setup.py": "from setuptools import setup\nsetup(name='a', packages=['a', 'a.b'], package_dir={'': 'lib'})",
                "lib/a/__init__.py": "",
            },
            {"a": "lib/a"},
        ),
        (
            {
                "setup.py": "from setuptools import setup\nsetup(name='a', packages=['b'], package_dir={'b': 'elsewhere'})",
                "elsewhere/__init__.py": "",
            },
            {"b": "elsewhere"},
        ),
        (
            {
                "setup.cfg": "[metadata]\nname = a\n[options]\npackages = find:\n[options.packages.find]\nexclude = tests*\n",
                "a/__init__.py": "",
                "tests/__init__.py": "",
            },
            {"a": "a"},
        ),
        (
            {
                "setup.py": "from setuptools import setup\nsetup(name='x-stubs', packages=['x-stubs'])",
                "x-stubs/__init__.pyi": "",
            },
            {"x-stubs": "x-stubs"},
        ),
        (
            {
                "pyproject.toml": pyproject("setuptools"),
                "setup.py": "from setuptools import setup, Extension\nsetup(ext_modules=[Extension('_fast', ['f.c'])])",
                "src/my_thing/__init__.py": "",
            },
            {"_fast": "", "my_thing": "src/my_thing"},
        ),
        (
            {
                "pyproject.toml": pyproject("maturin"),
                "Cargo.toml": '[package]\nname = "x"\n[lib]\nname = "fast"\n',
            },
            {"fast": ""},
        ),
        (
            {
                "pyproject.toml": pyproject("meson"),
                "meson.build": "project('x')",
                "lib/my_thing/__init__.py": "",
            },
            {"my_thing": "lib/my_thing"},
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "flit", '[tool.shipwheel.packages]\nelse = "there/else"'
                ),
                "my_thing.py": "",
            },
            {"else": "there/else"},
        ),
    ],
)
def test_packages(read, files, packages):
    found = read(files).packages.value
    assert {each.name: each.path for each in found} == packages


def test_a_package_that_is_not_there_is_a_weak_guess(read):
    fact = read({"pyproject.toml": pyproject("hatch")}).packages
    assert fact.value[0].name == "my_thing"
    assert fact.weak
    assert fact.settle == "[tool.shipwheel] packages"


EXT = "from setuptools import setup, Extension\nsetup(name='a', ext_modules=[Extension('a._c', ['c.c'])]{})"


RUST_AUTO = """
[[tool.setuptools-rust.ext-modules]]
target = "a._rust"
py-limited-api = "auto"
"""
BDIST = """
[tool.distutils.bdist_wheel]
py-limited-api = "cp39"
"""


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"pyproject.toml": pyproject("setuptools", RUST_AUTO)}, True),
        ({"pyproject.toml": pyproject("setuptools", f"{RUST_AUTO}{BDIST}")}, False),
        (
            {
                "pyproject.toml": pyproject("setuptools"),
                "setup.py": "from setuptools import Extension, setup\n"
                "setup(ext_modules=[Extension('a', ['a.c'], py_limited_api=True)])\n",
            },
            True,
        ),
        ({"pyproject.toml": pyproject("maturin", "[tool.maturin]")}, False),
    ],
)
def test_a_limited_module_in_a_wheel_for_one_python_is_told(read, files, told):
    notes = [note for note in read(files).notes if "limited API" in note]
    assert bool(notes) is told
    assert all("[tool.distutils.bdist_wheel]" in note for note in notes)


@pytest.mark.parametrize(
    ("files", "kind", "floor", "weak"),
    [
        ({"pyproject.toml": pyproject("flit"), "setup.py": EXT.format("")}, Kind.PURE, None, False),
        ({"setup.py": EXT.format("")}, Kind.EXTENSION, None, False),
        (
            {"setup.py": EXT.format(", options={'bdist_wheel': {'py_limited_api': 'cp39'}}")},
            Kind.ABI3,
            "3.9",
            False,
        ),
        (
            {"setup.py": EXT.format(""), "setup.cfg": "[bdist_wheel]\npy_limited_api = cp310\n"},
            Kind.ABI3,
            "3.10",
            False,
        ),
        (
            {
                "setup.py": "from setuptools import setup\nsetup(name='a', cffi_modules=['b.py:ffi'])"
            },
            Kind.EXTENSION,
            None,
            False,
        ),
        (
            {
                "setup.py": "from setuptools import setup\nimport os\next = []\nif os.environ.get('X') == '1':\n    from mypyc.build import mypycify\n    ext = mypycify(['a.py'])\nsetup(name='a', ext_modules=ext)"
            },
            Kind.PURE,
            None,
            True,
        ),
        (
            {
                "setup.py": "from setuptools import setup\nfrom Cython.Build import cythonize\nsetup(name='a', ext_modules=cythonize('*.pyx'))"
            },
            Kind.EXTENSION,
            None,
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "setuptools",
                    '[[tool.setuptools.ext-modules]]\nname = "a._c"\nsources = ["a.c"]',
                )
            },
            Kind.EXTENSION,
            None,
            False,
        ),
        ({"pyproject.toml": pyproject("scikit")}, Kind.EXTENSION, None, False),
        (
            {"pyproject.toml": pyproject("scikit", '[tool.scikit-build]\nwheel.py-api = "cp312"')},
            Kind.ABI3,
            "3.12",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "maturin", '[tool.maturin]\nfeatures = ["pyo3/abi3-py39"]'
                ),
                "Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\n',
            },
            Kind.ABI3,
            "3.9",
            False,
        ),
        # one wheel a platform, for every Python
        *(
            (
                {"pyproject.toml": pyproject("maturin", f'[tool.maturin]\nbindings = "{each}"')},
                Kind.PLATFORM,
                None,
                False,
            )
            for each in ("bin", "cffi", "uniffi")
        ),
        (
            {"pyproject.toml": pyproject("scikit", '[tool.scikit-build]\nwheel.py-api = "py3"')},
            Kind.PLATFORM,
            None,
            False,
        ),
        (
            {
                "pyproject.toml": pyproject("setuptools"),
                "setup.py": "from setuptools import setup\nclass W(bdist_wheel):\n"
                "    def get_tag(self):\n        return 'py3', 'none', 'linux_x86_64'\n"
                "setup(cmdclass={'bdist_wheel': W})\n",
            },
            Kind.PLATFORM,
            None,
            False,
        ),
        (
            {
                "pyproject.toml": pyproject("hatch", "[tool.hatch.build.hooks.custom]\n"),
                "hatch_build.py": "build_data['tag'] = f'py3-none-{platform}'\n",
            },
            Kind.PLATFORM,
            None,
            False,
        ),
        (
            {
                "pyproject.toml": pyproject("hatch", "[tool.hatch.build.hooks.custom]\n"),
                "hatch_build.py": "build_data['tag'] = 'py3-none-any'\n",
            },
            Kind.PURE,
            None,
            False,
        ),
        # setuptools-rust asks bdist_wheel what "auto" means
        (
            {"pyproject.toml": pyproject("setuptools", f"{RUST_AUTO}{BDIST}")},
            Kind.ABI3,
            "3.9",
            False,
        ),
        ({"pyproject.toml": pyproject("setuptools", RUST_AUTO)}, Kind.EXTENSION, None, False),
        (
            {
                "pyproject.toml": pyproject("setuptools", RUST_AUTO),
                "setup.cfg": "[bdist_wheel]\npy_limited_api = cp310\n",
            },
            Kind.ABI3,
            "3.10",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject("meson", "[tool.meson-python]\nlimited-api = true\n"),
                "meson.build": "py.extension_module('_c', 'c.c', limited_api: '3.11')\n",
            },
            Kind.ABI3,
            "3.11",
            False,
        ),
        (
            {
                "pyproject.toml": pyproject("meson"),
                "meson.build": "project('a')\nsubdir('src')\n",
                "src/meson.build": "py.extension_module('_c', 'c.c')\n",
            },
            Kind.EXTENSION,
            None,
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "hatch", "[tool.hatch.build.targets.wheel.hooks.cython]\n"
                )
            },
            Kind.EXTENSION,
            None,
            False,
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "hatch", "[tool.hatch.build.hooks.mypyc]\nenable-by-default = false\n"
                )
            },
            Kind.PURE,
            None,
            True,
        ),
        (
            {
                "pyproject.toml": pyproject("poetry", '[tool.poetry.build]\nscript = "b.py"'),
                "b.py": "from setuptools import Extension\n",
            },
            Kind.EXTENSION,
            None,
            False,
        ),
        (
            {
                "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "own"\nbackend-path = ["_b"]\n[project]\nname = "a"\nversion = "1"\n',
                "_b/own.py": "from Cython.Build import cythonize\n",
            },
            Kind.EXTENSION,
            None,
            True,
        ),
        (
            {"pyproject.toml": pyproject("flit", '[tool.shipwheel]\nkind = "extension"')},
            Kind.EXTENSION,
            None,
            False,
        ),
    ],
)
def test_kinds(read, files, kind, floor, weak):
    project = read(files)
    assert (project.kind.value, project.abi3_floor, project.kind.weak) == (kind, floor, weak)
    assert (project.kind.settle is not None) is weak


def test_poetry_alone(read):
    text = """
    [build-system]
    requires = ["poetry-core"]
    build-backend = "poetry.core.masonry.api"
    [tool.poetry]
    name = "Thing"
    version = "1.0"
    [tool.poetry.dependencies]
    python = "^3.9"
    a = "^1.2"
    b = {version = "*", optional = true}
    [tool.poetry.extras]
    more = ["b"]
    [tool.poetry.scripts]
    thing = "thing:main"
    """
    project = read({"pyproject.toml": text})
    assert project.name.value == "Thing"
    assert project.requires_python.value == ">=3.9,<4"
    assert project.dependencies.value == ("a>=1.2,<2",)
    assert project.extras.value == {"more": ("b",)}
    assert project.entry_points.value == {"console_scripts": {"thing": "thing:main"}}


def test_no_requires_python_says_so(read):
    fact = read({"pyproject.toml": pyproject("flit")}).requires_python
    assert fact.value is None
    assert fact.origin == "pyproject.toml [project] has no requires-python"


def test_classifiers(read):
    rest = 'classifiers = ["Programming Language :: Python :: 3.10", "Programming Language :: Python :: 3.9", "Programming Language :: Python :: 3", "Private :: Do Not Upload"]'
    project = read({"pyproject.toml": pyproject("flit", rest)})
    assert project.pythons.value == ("3.9", "3.10")
    assert project.private
    assert not project.free_threading


@pytest.mark.parametrize("how", ["", " :: 1 - Unstable", " :: 3 - Stable"])
def test_a_classifier_says_that_threads_run_free(read, how):
    rest = f'classifiers = ["Programming Language :: Python :: Free Threading{how}"]'
    project = read({"pyproject.toml": pyproject("flit", rest)})
    assert project.free_threading
    assert project.pythons.value == ()


def test_a_name_that_setup_py_computes_is_weak(read):
    assert read({"setup.py": "from setuptools import setup\nsetup(name=compute())"}).name.weak


def test_modules_named_where_a_package_is(read):
    files = {"setup.cfg": "[metadata]\nname = a\n[options]\npy_modules = a\n", "a/__init__.py": ""}
    assert any("the wheel may be empty" in note for note in read(files).notes)


def test_each_fact_can_be_explained(read):
    rows = {
        row.name: row
        for row in explain(read({"pyproject.toml": pyproject("flit"), "my_thing.py": ""}))
    }
    assert rows["name"].value == "my-thing"
    assert rows["packages"].value == "my_thing (my_thing.py)"
    assert rows["requires-python"].value == "—"
    assert all(row.origin for row in rows.values())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((), "—"),
        (None, "—"),
        (True, "yes"),
        (("a", "b"), "a, b"),
        ((("a", "b"), ("c",)), "a b; c"),
        ({"a": ("b",)}, "a: b"),
    ],
)
def test_values_as_text(value, text):
    assert shown(value) == text


C_BUILD = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "spam"
version = "1"
[tool.setuptools]
ext-modules = [{ name = "spam._fast", sources = ["src/spam/_fast.c"] }]
"""


@pytest.mark.parametrize(
    ("files", "files_count", "weight", "crates"),
    [
        ({"src/spam/_fast.c": "x" * 100, "src/spam/fast.h": "y" * 900}, 1, 100, False),
        ({"src/spam/_fast.c": "x" * 100, "lib/a/b/deep.cpp": "x" * 10}, 2, 140, False),
        ({"src/spam/_fast.c": "x" * 100, "src/spam/_more.pyx": "x" * 10}, 2, 400, False),
        # what no wheel is compiled of
        (
            {"src/spam/_fast.c": "x" * 100, "tests/big.c": "x" * 9000, "build/x.c": "x"},
            1,
            100,
            False,
        ),
        (
            {"src/spam/_fast.c": "", "pyproject.toml": pyproject("maturin", "[tool.maturin]")},
            0,
            0,
            True,
        ),
    ],
)
def test_what_there_is_to_compile_is_weighed(read, files, files_count, weight, crates):
    project = read({"pyproject.toml": C_BUILD, "src/spam/__init__.py": "", **files})
    found = project.compiled.value
    assert (found.files, found.weight, found.crates) == (files_count, weight, crates)
    # a source that grows makes the facts be read again
    assert crates or "src/spam/_fast.c" in project.witnesses


def test_a_pure_project_compiles_nothing(read):
    assert read({"pyproject.toml": pyproject("flit"), "spam.py": ""}).compiled is None
