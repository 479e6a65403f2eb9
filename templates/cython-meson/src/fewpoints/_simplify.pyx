# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Which points of a line to keep, in C."""

from libc.math cimport isfinite
from libc.stdlib cimport free, malloc


cdef double square_from_segment(double *at, double *start, double *end) noexcept nogil:
    """Give the square of a point's distance from the segment between two others."""
    cdef double width = end[0] - start[0], height = end[1] - start[1]
    cdef double right = at[0] - start[0], up = at[1] - start[1]
    cdef double length = width * width + height * height
    cdef double along
    if length > 0:
        along = (right * width + up * height) / length
        along = 0 if along < 0 else 1 if along > 1 else along
        right -= along * width
        up -= along * height
    return right * right + up * up


cdef void mark(double *points, char *keep, Py_ssize_t *stack, Py_ssize_t count, double limit) noexcept nogil:
    """Mark what is kept; `stack` holds pairs of ends between which is still to be looked."""
    cdef Py_ssize_t depth = 2, first, last, index, farthest
    cdef double far, most
    keep[0] = keep[count - 1] = 1
    stack[0], stack[1] = 0, count - 1
    while depth:
        depth -= 2
        first, last = stack[depth], stack[depth + 1]
        most, farthest = limit, -1
        for index in range(first + 1, last):
            far = square_from_segment(points + 2 * index, points + 2 * first, points + 2 * last)
            if far > most:
                most, farthest = far, index
        if farthest >= 0:
            keep[farthest] = 1
            stack[depth], stack[depth + 1] = first, farthest
            stack[depth + 2], stack[depth + 3] = farthest, last
            depth += 4


def kept(points, double tolerance, /):
    """Give the indices of the points to keep, in order."""
    cdef Py_ssize_t count = len(points), index
    if not tolerance >= 0:
        raise ValueError("tolerance must be 0 or more")
    if count == 0:
        return []
    # a segment is cut at most once a point, so that no more pairs than points wait
    cdef double *numbers = <double *>malloc(2 * count * sizeof(double))
    cdef Py_ssize_t *stack = <Py_ssize_t *>malloc((2 * count + 2) * sizeof(Py_ssize_t))
    cdef char *keep = <char *>malloc(count)
    try:
        if numbers == NULL or stack == NULL or keep == NULL:
            raise MemoryError
        for index in range(count):
            numbers[2 * index] = points[index][0]
            numbers[2 * index + 1] = points[index][1]
            keep[index] = 0
            if not (isfinite(numbers[2 * index]) and isfinite(numbers[2 * index + 1])):
                raise ValueError(f"point {index} is nowhere: {points[index]!r}")
        with nogil:
            mark(numbers, keep, stack, count, tolerance * tolerance)
        return [index for index in range(count) if keep[index]]
    finally:
        free(numbers)
        free(stack)
        free(keep)
