"""The gate, the upload that takes nothing but a Release, and the read-back."""
