"""The extension; all else stands in pyproject.toml."""

import sysconfig

from setuptools import Extension, setup

# The wheel of the oldest Python serves all later ones. Free-threaded Pythons have no limited API.
LIMITED = not sysconfig.get_config_var("Py_GIL_DISABLED")
FLOOR = [("Py_LIMITED_API", "0x03090000")] if LIMITED else []

setup(
    ext_modules=[
        Extension(
            "wirecrc._loop",
            ["src/wirecrc/_loop.c"],
            define_macros=FLOOR,
            py_limited_api=LIMITED,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp39"}} if LIMITED else {},
)
