from cffi import FFI

ffi = FFI()
ffi.cdef("long total(long one, long other);")
ffi.set_source(
    "setuptools_cffi._total", "static long total(long one, long other) { return one + other; }"
)
