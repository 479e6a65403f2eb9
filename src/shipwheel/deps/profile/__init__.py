"""Where an install's time goes, by really installing, and which changes would shorten it."""
