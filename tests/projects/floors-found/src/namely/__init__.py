"""Names of packages, told apart."""

import attr
from more_itertools import unique_everseen
from packaging.utils import canonicalize_name, is_normalized_name


@attr.s(auto_attribs=True)
class Name:
    """A name as it was given, and as indexes compare it."""

    given: str

    @property
    def normal(self) -> str:
        return self.given if is_normalized_name(self.given) else canonicalize_name(self.given)


def different(names):
    """Give the first of each name."""
    return [Name(each) for each in unique_everseen(names, key=canonicalize_name)]
