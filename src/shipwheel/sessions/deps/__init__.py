"""The questions about dependencies, a module each: what is asked, and of whom."""
