"""What is allowed."""

from tangled.store import Store


def checked(value):
    """Give the value unless it is a store."""
    assert not isinstance(value, Store)
    return value
