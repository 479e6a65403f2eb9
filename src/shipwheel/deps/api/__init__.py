"""The public API against the last release: what broke, what came, what is promised to go."""
