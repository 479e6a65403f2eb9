"""The compiled module, as it is installed."""

from maturin_cffi import total


def test_a_total():
    assert total(20, 22) == 42
