"""What a project depends on: where it can be installed."""
