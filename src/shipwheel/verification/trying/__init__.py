"""What is tried rather than read: wheels in clean environments, builds from sdists, what came of it."""
