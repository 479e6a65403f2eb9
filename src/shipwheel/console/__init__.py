"""What a person sees, and nobody else."""
