from pybind11.setup_helpers import Pybind11Extension
from setuptools import setup

setup(ext_modules=[Pybind11Extension("setuptools_pybind11._total", ["src/setuptools_pybind11/_total.cpp"])])
