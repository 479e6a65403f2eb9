"""Takes names of `record`, which takes names of it."""

import attr
import requests
import urllib3
import yaml
from requests import _internal_utils

from tangled.record import Record


@attr.s
class Store:
    """Keeps records."""

    records = attr.ib(factory=list)

    def add(self, url):
        self.records.append(Record(yaml.safe_load(requests.get(url, timeout=9).text)))
        return urllib3.__version__, _internal_utils
