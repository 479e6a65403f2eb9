"""Takes names of `store`, by way of `rules`."""

import sys

from tangled import rules


class Record:
    """A value that the rules allow."""

    def __init__(self, value):
        self.value = rules.checked(value)
        self.caller = sys._getframe(1).f_code.co_name
