class ParseError(Exception):
    """A line that cannot be read."""

    def __init__(self, path: str, lineno: int, msg: str) -> None:
        super().__init__(path, lineno, msg)
