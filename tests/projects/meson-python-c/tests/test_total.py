"""The compiled module, as it is installed."""

from meson_python_c import total


def test_a_total():
    assert total(20, 22) == 42
