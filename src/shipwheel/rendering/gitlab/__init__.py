"""Pipelines as GitLab CI's configuration."""
