"""Credentials in texts: only what bears the mark of its issuer, and private keys. Values are never told."""

from __future__ import annotations

import re

# what says quickly that there is none; the mark that the pattern begins with
_MARKS: tuple[tuple[bytes, str, re.Pattern[bytes]], ...] = (
    (
        b"PRIVATE KEY-----",
        "a private key",
        re.compile(
            rb"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----(?:\r?\n|\\n)"
            rb"(?:[A-Za-z-]+: [^\n]*\r?\n|\r?\n){0,4}[A-Za-z0-9+/=]{40}"
        ),
    ),
    (b"pypi-AgE", "a token of PyPI", re.compile(rb"pypi-AgE[A-Za-z0-9_-]{70,}")),
    (b"ghp_", "a GitHub token", re.compile(rb"\bghp_[A-Za-z0-9]{36}\b")),
    (b"gho_", "a GitHub token", re.compile(rb"\bgho_[A-Za-z0-9]{36}\b")),
    (b"ghs_", "a GitHub token", re.compile(rb"\bghs_[A-Za-z0-9]{36}\b")),
    (b"github_pat_", "a GitHub token", re.compile(rb"\bgithub_pat_[A-Za-z0-9_]{80,}")),
    (b"glpat-", "a GitLab token", re.compile(rb"\bglpat-[A-Za-z0-9_-]{20,}")),
    (b"AKIA", "an AWS access key", re.compile(rb"\bAKIA[0-9A-Z]{16}\b(?<!EXAMPLE)")),
    (b"xoxb-", "a Slack token", re.compile(rb"\bxoxb-[0-9]{10,}-[0-9A-Za-z-]{20,}")),
    (
        b"hooks.slack.com/services/T",
        "a Slack webhook",
        re.compile(rb"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{24}\b"),
    ),
    (b"sk-proj-", "an OpenAI key", re.compile(rb"\bsk-proj-[A-Za-z0-9_-]{60,}")),
    (b"sk-ant-api", "an Anthropic key", re.compile(rb"\bsk-ant-api\d\d-[A-Za-z0-9_-]{80,}")),
    (b"dckr_pat_", "a Docker token", re.compile(rb"\bdckr_pat_[A-Za-z0-9_-]{27,}")),
    (
        b"AccountKey=",
        "a key of Azure storage",
        re.compile(rb"AccountName=\w+;AccountKey=(?!Eby8vdM0)[A-Za-z0-9+/]{86}=="),
    ),
    (b"npm_", "an npm token", re.compile(rb"\bnpm_[A-Za-z0-9]{36}\b")),
    (b"sk_live_", "a Stripe key", re.compile(rb"\bsk_live_[A-Za-z0-9]{24,}")),
    (b"AIza", "a Google API key", re.compile(rb"\bAIza[0-9A-Za-z_-]{35}\b")),
)
_KEY_FILES = (".pem", ".key", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519")
_KEY_MARK = re.compile(rb"^-----BEGIN [A-Z ]*PRIVATE KEY-----", re.MULTILINE)


def secrets_in(data: bytes, name: str = "") -> tuple[str, ...]:
    """Give the kinds of credentials in a text, each once; in a file named as a key the mark is enough."""
    if name.endswith(_KEY_FILES) and _KEY_MARK.search(data):
        return ("a private key",)
    found = [kind for mark, kind, pattern in _MARKS if mark in data and pattern.search(data)]
    return tuple(dict.fromkeys(found))
