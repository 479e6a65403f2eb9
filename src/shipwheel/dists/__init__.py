"""WHAT WAS BUILT: sdists and wheels on disk, and the records of the jobs that made and used them."""
