"""What a project depends on, a question a folder: answers as records, made with uv and its like."""
