"""The compiled module, as it is installed."""

from scikit_build_core_c import total


def test_a_total():
    assert total(20, 22) == 42
