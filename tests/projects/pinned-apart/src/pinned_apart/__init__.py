"""A project whose requirements exclude one another."""
