#include <pybind11/pybind11.h>

static long total(long one, long other) { return one + other; }

PYBIND11_MODULE(_total, module) { module.def("total", &total); }
