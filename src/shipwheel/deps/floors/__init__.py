"""The lowest versions of direct dependencies that the tests pass with, and what is wrong with the bounds."""
