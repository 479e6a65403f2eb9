"""Compiled files as they lie in an archive: ELF, Mach-O and PE, read by their headers alone."""
