"""The library, as it is installed."""

from setuptools_ctypes import total


def test_a_total():
    assert total(20, 22) == 42
