"""Versions, counted by their release."""

import collections

import jinja2
from packaging.version import Version

TEXT = jinja2.Template(
    "{% for release, count in tallies %}{{ release }}: {{ count }}\n{% endfor %}"
)


def tally(versions):
    """Give how many versions there are of each release, as lines."""
    counts = collections.Counter(Version(each).base_version for each in versions)
    return TEXT.render(tallies=sorted(counts.items()))
