"""A shop."""

import flask
import lxml.etree

__all__ = ["flask", "lxml"]
