"""Text that no terminal and no browser obeys, whatever a partner has sent."""


def plain(text: str) -> str:
    """One line, whatever a partner has sent: no codes for a terminal."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
