"""Answers about dependencies as sections: the same tables on a terminal and in the report."""
