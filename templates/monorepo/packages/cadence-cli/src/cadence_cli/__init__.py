"""Print the dates that recur."""
