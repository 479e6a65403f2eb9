# cython: language_level=3
def total(long one, long other):
    return one + other
