"""WHAT IS: a project's facts, each with where it came from. Decides nothing."""
