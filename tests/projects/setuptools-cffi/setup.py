from setuptools import setup

setup(cffi_modules=["build_total.py:ffi"])
