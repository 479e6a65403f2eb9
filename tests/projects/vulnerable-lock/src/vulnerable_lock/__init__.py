"""A project whose lock has aged."""
