"""What this machine has: interpreters, environments, installers, compilers."""
