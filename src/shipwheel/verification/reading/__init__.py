"""Strangers' files to facts: archives, metadata, sources, each within bounds and nothing unpacked."""
