# /// script
# requires-python = ">=3.11"
# dependencies = ["nox", "shipwheel"]
# ///
import nox, shipwheel

shipwheel.register(nox)
