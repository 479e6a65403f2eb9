"""HOW IT IS BUILT: the sdist, and wheels from it, kept by the digest of their true inputs."""
