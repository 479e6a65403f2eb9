"""A module that has not been looked at for years."""

import asyncio
import imp
import sys
import telnetlib
from datetime import datetime

try:
    import cgi
except ImportError:
    cgi = None

if sys.version_info < (3, 12):
    import distutils.version


def stamp() -> str:
    return datetime.utcnow().isoformat()


def policy() -> object:
    return asyncio.get_event_loop_policy()


def load(name: str) -> object:
    return imp.find_module(name), telnetlib.Telnet, cgi
