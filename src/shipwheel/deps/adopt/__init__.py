"""From a running environment to declared direct dependencies and a lock of the very versions."""
