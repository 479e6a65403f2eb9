#include <nanobind/nanobind.h>

NB_MODULE(_total, module) {
    module.def("total", [](long one, long other) { return one + other; });
}
