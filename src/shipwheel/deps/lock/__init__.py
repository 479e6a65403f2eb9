"""Locks: written from what a project declares, and held against it."""
