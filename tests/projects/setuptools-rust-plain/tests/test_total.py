"""The compiled module, as it is installed."""

from setuptools_rust_plain import total


def test_a_total():
    assert total(20, 22) == 42
