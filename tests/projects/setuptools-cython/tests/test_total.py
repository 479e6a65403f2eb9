"""The compiled module, as it is installed."""

from setuptools_cython import total


def test_a_total():
    assert total(20, 22) == 42
