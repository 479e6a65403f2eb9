import unittest

import tallies
from more_itertools import ilen


class TestTallies(unittest.TestCase):
    def test_versions_are_counted_by_their_release(self):
        text = tallies.tally(["1.0", "1.0rc1", "2.0"])
        assert text == "1.0: 2\n2.0: 1\n"
        assert ilen(text.splitlines()) == 2


if __name__ == "__main__":
    unittest.main()
