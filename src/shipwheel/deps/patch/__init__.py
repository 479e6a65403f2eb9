"""One package moved in every lock that has it, and what has to move with it."""
