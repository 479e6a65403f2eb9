"""IS IT RIGHT: checks over files and sets of files, each finding a value."""
