"""The extension; all else stands in pyproject.toml."""

import platform

from setuptools import Extension, setup

# Other Pythons than CPython run the fallback faster than their emulation of CPython's C API.
# On CPython a build without the extension fails: nobody shall get a slow wheel by accident.
EXTENSIONS = [Extension("nearword._speedups", ["src/nearword/_speedups.c"])]

setup(ext_modules=EXTENSIONS if platform.python_implementation() == "CPython" else [])
