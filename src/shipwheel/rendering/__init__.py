"""The Plan as text: workflow files for GitHub and GitLab, and what became of them since."""
