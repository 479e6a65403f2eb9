"""HOW IT IS TESTED: the overlay, the run, and the proof of what was imported."""
