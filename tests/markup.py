"""The HTML of an answer without the white space that only shows how its template is laid out."""

import re


def compact(answer) -> str:
    """The page in one line; between two elements, and between an element and its text, nothing is left of a new line."""
    page = re.sub(r">\s*\n\s*|\s*\n\s*(?=<)", lambda found: ">" if found[0][0] == ">" else "", answer.content.decode())
    return re.sub(r"\s*\n\s*", " ", page)
