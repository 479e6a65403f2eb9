"""Which locked packages an advisory names, and the smallest upgrade that mends each."""
