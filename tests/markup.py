"""The HTML of an answer without the white space that only shows how its template is laid out."""

import re


def compact(answer) -> str:
    """The page (an answer, or its text) in one line.

    Of a new line nothing is left between two elements, between an element and its text, and before the end of a tag;
    between words and between attributes one space is.
    """
    page = answer if isinstance(answer, str) else answer.content.decode()
    page = re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=[<>])", "", page)
    return re.sub(r"\s*\n\s*", " ", page)
