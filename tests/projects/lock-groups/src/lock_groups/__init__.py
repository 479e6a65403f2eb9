"""A project whose dependencies are locked in the documentation."""
