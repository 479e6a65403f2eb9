COMMENTCHARS = "#;"


def iscommentline(line: str) -> bool:
    """Say whether a line is a comment."""
    return line.lstrip()[:1] in COMMENTCHARS
