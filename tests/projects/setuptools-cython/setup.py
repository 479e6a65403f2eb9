from Cython.Build import cythonize
from setuptools import Extension, setup

setup(ext_modules=cythonize([Extension("setuptools_cython._total", ["src/setuptools_cython/_total.pyx"])]))
