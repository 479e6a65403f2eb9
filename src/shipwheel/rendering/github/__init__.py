"""Pipelines as GitHub Actions' workflows."""
