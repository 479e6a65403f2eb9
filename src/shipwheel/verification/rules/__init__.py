"""The rules: one part of a family a module, each check a few lines over facts."""
