"""What a package index holds, and a throw-away one to rehearse against."""
