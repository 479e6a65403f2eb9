"""A library that ctypes loads: it is no Python's own, and neither is the wheel."""

import os
import sys

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext


class Library(build_ext):
    def get_ext_filename(self, fullname):
        return os.path.join(*fullname.split(".")) + (".dll" if sys.platform == "win32" else ".so")

    def get_export_symbols(self, ext):
        return ext.export_symbols


class EachPython(bdist_wheel):
    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


LIBRARY = Extension(
    "setuptools_ctypes._total", ["src/setuptools_ctypes/total.c"], export_symbols=["total"]
)
setup(ext_modules=[LIBRARY], cmdclass={"build_ext": Library, "bdist_wheel": EachPython})
