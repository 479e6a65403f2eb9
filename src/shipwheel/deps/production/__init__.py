"""What a production install of the project holds beside what the project declares."""
