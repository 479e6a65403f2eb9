"""WHAT SHOULD HAPPEN: the Plan, a pure function of the facts."""
