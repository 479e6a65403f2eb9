"""Where what a project depends on has wheels: every cell asked, from one machine."""
