"""Decisions of the archive, metadata and sdist rules, as tables over values."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from shipwheel.verification.judging.markers import holds_somewhere
from shipwheel.verification.reading.bindings import names_bound
from shipwheel.verification.reading.build_script import lost_files, lost_sources
from shipwheel.verification.reading.headers import parse_metadata
from shipwheel.verification.reading.includes import lost_includes
from shipwheel.verification.rules.archive_names import escapes, unwritable_on_windows
from shipwheel.verification.rules.contacts import is_url
from shipwheel.verification.rules.description import looks_like
from shipwheel.verification.rules.record import odd_path
from shipwheel.verification.rules.requirements import nothing_meets
from shipwheel.verification.rules.sdist_strays import is_secret, is_stray


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ("python_version >= '3.8'", True),
        ("python_version < '2.7'", True),
        ("python_version == '3'", False),
        ("python_full_version >= '3.11.4'", True),
        ("python_version >= '3.12' and python_version < '3.11'", False),
        ("sys_platform == 'win32'", True),
        ("sys_platform == 'windows'", False),
        ("platform_system == 'win32'", False),
        ("sys_platform == 'darwin' and platform_system == 'Windows'", False),
        ("platform_machine == 'loongarch64'", True),
        ("sys_platform == 'freebsd13'", True),
        ("implementation_name == 'pypy' and platform_python_implementation == 'CPython'", False),
        ("extra == 'a' and extra == 'b'", False),
        ("extra == 'a' and os_name == 'nt'", True),
    ],
)
def test_a_marker_holds_somewhere(marker, holds):
    assert holds_somewhere(marker) is holds


@pytest.mark.parametrize(
    ("specifiers", "nothing"),
    [(">=2,<1", True), ("==1.0,!=1.0", True), (">=1,<2", False), ("", False), ("~=1.4.2", False)],
)
def test_specifiers_that_nothing_meets(specifiers, nothing):
    assert nothing_meets(SpecifierSet(specifiers)) is nothing


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"def main(): ...\n", {"main"}),
        (b"try:\n    from a import main\nexcept ImportError:\n    main = None\n", {"main"}),
        (b"class A:\n    def main(self): ...\n", {"A"}),
        (b"from a import *\n", None),
        (b"def __getattr__(name): ...\n", None),
        (b"globals()['main'] = 1\n", None),
        (b"def (:\n", None),
        (b"def a(x):\n    setattr(x, 'y', x.__dict__)\n", {"a"}),
        (b"import sys\nsetattr(sys.modules[__name__], 'b', 1)\n", None),
        (b"import sys\nsys.modules['a'].b = 1\n", None),
        (b"vars().update(b=1)\n", None),
    ],
)
def test_what_a_module_binds(text, names):
    assert names_bound(text) == names


@pytest.mark.parametrize(
    ("script", "lost"),
    [
        ("setup(ext_modules=[Extension('a', ['a.c', 'b.c'])])", {"b.c"}),
        ("setup(ext_modules=[Extension('a', sources=['gone.pyx'])])", {"gone.pyx"}),
        ("Extension('a', ['made.c'])", set()),  # Cython makes it of made.pyx
        ("if X:\n    Extension('a', ['b.c'])", set()),
        ("Extension('a', glob('*.c'))", set()),
        ("from mine import build_ext\nExtension('a', ['x/b.c'])", set()),
        ("from mine import build_ext\nExtension('a', ['b.c'])", {"b.c"}),
    ],
)
def test_sources_that_setup_py_names(script, lost):
    assert set(lost_sources(script, frozenset({"a.c", "made.pyx"}))) == lost


@pytest.mark.parametrize(
    ("script", "lost"),
    [
        ("open('VERSION').read()", {"VERSION"}),
        ("open('README.md')", set()),
        ("open('out.txt', 'w')", set()),
        ("try:\n    open('VERSION')\nexcept OSError: ...", set()),
    ],
)
def test_files_that_setup_py_opens(script, lost):
    assert set(lost_files(script, frozenset({"README.md"}))) == lost


def test_headers_that_are_nowhere():
    source = '#include "here.h"\n#include "lost.h"\n#ifdef X\n#include "other.h"\n#endif\n'
    paths = frozenset({"src/a.c", "src/here.h"})
    assert list(lost_includes({"src/a.c": source}, paths)) == [("src/a.c", "lost.h")]


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("tests/a.c", "lost.h"),  # nothing that a build from the sdist compiles
        ("src/a.h", "lost.h"),  # a header that may be for nobody
        ("src/a.c", "hdf5.h"),  # a library's
        ("src/a.c", "SDL_mixer.h"),
        ("src/a.cc", "good.pb.h"),  # made by a build
        ("src/a.c", "my_config.h"),
    ],
)
def test_headers_that_need_not_be_there(path, header):
    folder = path.rpartition("/")[0]
    source = f'#include "here.h"\n#include "{header}"\n'
    assert not list(lost_includes({path: source}, frozenset({path, f"{folder}/here.h"})))


@pytest.mark.parametrize(
    ("head", "description"),
    [
        ("Description: A\n        =\n        \n            b", "A\n=\n\n    b"),
        ("Description: A\n       |=\n       |    b", "A\n=\n    b"),
        ("Description: A\n  b", "A\n  b"),
    ],
)
def test_a_description_among_the_headers(head, description):
    text = f"Metadata-Version: 1.2\nName: good\nVersion: 1.0\n{head}\nPlatform: any\n"
    assert parse_metadata(text.encode()).description == description


def test_a_description_below_the_headers_is_as_it_is():
    text = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n\nA\n        b\n"
    assert parse_metadata(text.encode()).description == "A\n        b\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# A\n\n[b](https://c.test)\n", "text/markdown"),
        ("A\n====\n\n.. note:: x\n\nSee `b <c>`_.\n", "text/x-rst"),
        ("plain words\n", ""),
        ("# a comment\n\n    code\n", ""),
    ],
)
def test_what_a_description_looks_like(text, kind):
    assert looks_like(text) == kind


@pytest.mark.parametrize("path", ["/a", "./a", "a\\b", "../a", "a//b", " a", "a/./b"])
def test_paths_that_record_does_not_have(path):
    assert odd_path(path)
    assert not odd_path("a/b.py")


@pytest.mark.parametrize("name", ["", "/a", "~a", "a\\b", "C:a", "a\nb", "a/../b", "../a"])
def test_names_that_lead_elsewhere(name):
    assert escapes(name)
    assert not escapes("a/..b/c.py")


@pytest.mark.parametrize("name", ["a/aux.py", "NUL", "com1.txt", "a./b", "a /b", "a:b", "a?"])
def test_names_that_windows_has_not(name):
    assert unwritable_on_windows(name)
    assert not unwritable_on_windows("a/auxiliary.py")


@pytest.mark.parametrize(
    ("path", "stray"),
    [
        ("src/a/__pycache__/b.pyc", True),
        ("build/lib/a.py", True),
        ("a/_c.cpython-312-x86_64-linux-gnu.so", True),
        ("dist/a-1.0.whl", True),
        ("tests/data/a.pyc", False),
        ("src/build.py", False),
    ],
)
def test_strays(path, stray):
    assert is_stray(path) is stray


@pytest.mark.parametrize(
    ("path", "secret"),
    [("id_rsa", True), (".env", True), ("server.key", True), ("a/cacert.pem", False)],
)
def test_secrets(path, secret):
    assert is_secret(path) is secret
    assert not is_secret(f"tests/{path}")


@pytest.mark.parametrize(
    ("text", "url"),
    [("https://a.test/b", True), ("a.test/b", False), ("http://", False), ("http://[", False)],
)
def test_urls(text, url):
    assert is_url(text) is url
