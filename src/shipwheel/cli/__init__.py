"""The command line: one file a subcommand, one error boundary."""
