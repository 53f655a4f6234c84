"""Postcodes by country: the form of each, and how it is written.

Source: the Universal Postal Union's addressing data per country (Addressing the World). A country's own letters before
it (D-10115, L-1234) are taken off where they are no part of the postcode.
"""

import re
from dataclasses import dataclass

from stdnum.exceptions import ValidationError as NumberError
from stdnum.nl import postcode as dutch


@dataclass(frozen=True)
class Form:
    """pattern: of the postcode in capitals without spaces and signs; between: what stands between its groups.

    before: what is written before it. figures: its length where it is all figures and may begin with a zero, which a
    number cell loses. letters: what others write before it, and is taken off.
    """

    pattern: str
    example: str
    between: str = ""
    before: str = ""
    figures: int = 0
    letters: str = ""


FOUR, FIVE = r"([1-9][0-9]{3})", r"([0-9]{5})"
FORMS = {
    "NL": Form(r"([1-9][0-9]{3}[A-Z]{2})", "1234 AB"),
    "BE": Form(FOUR, "1000", letters="B"),
    "DE": Form(r"(0[1-9][0-9]{3}|[1-9][0-9]{4})", "10115", figures=5, letters="D"),
    "AT": Form(FOUR, "1010", letters="A"),
    "BG": Form(FOUR, "1000"),
    "CH": Form(FOUR, "8001"),
    "CY": Form(FOUR, "1010"),
    "CZ": Form(r"([1-7][0-9]{2})([0-9]{2})", "110 00", " "),
    "DK": Form(r"([0-9]{4})", "2100", figures=4),
    "EE": Form(FIVE, "10111", figures=5),
    "ES": Form(r"((?:0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3})", "28001", figures=5, letters="E"),
    "FI": Form(FIVE, "00100", figures=5, letters="FIN"),
    "FR": Form(r"((?:0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3})", "75001", figures=5, letters="F"),
    "GB": Form(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR)([0-9][A-Z]{2})", "SW1A 1AA", " "),
    "GR": Form(r"([1-8][0-9]{2})([0-9]{2})", "105 57", " "),
    "HR": Form(r"([1-5][0-9]{4})", "10000"),
    "HU": Form(FOUR, "1051", letters="H"),
    "IE": Form(r"([A-Z][0-9][0-9W])([0-9A-Z]{4})", "D02 X285", " "),
    "IT": Form(FIVE, "00118", figures=5, letters="I"),
    "LT": Form(r"([0-9]{5})", "LT-01103", before="LT-", figures=5),
    "LU": Form(FOUR, "1009", letters="L"),
    "LV": Form(r"([1-5][0-9]{3})", "LV-1010", before="LV-"),
    "MT": Form(r"([A-Z]{3})([0-9]{4})", "VLT 1117", " "),
    "NO": Form(r"([0-9]{4})", "0150", figures=4, letters="N"),
    "PL": Form(r"([0-9]{2})([0-9]{3})", "00-950", "-", figures=5),
    "PT": Form(r"([1-9][0-9]{3})([0-9]{3})?", "1000-205", "-", letters="P"),
    "RO": Form(r"([0-9]{6})", "010011", figures=6),
    "SE": Form(r"([1-9][0-9]{2})([0-9]{2})", "111 22", " ", letters="S"),
    "SI": Form(FOUR, "1000"),
    "SK": Form(r"([089][0-9]{2})([0-9]{2})", "811 01", " ", figures=5),
    "US": Form(r"([0-9]{5})([0-9]{4})?", "10001", "-", figures=5),
}


def formed(text: str, country: str) -> str | None:
    """The postcode as its country writes it, or None where it is none; of a country without a form as it is."""
    form = FORMS.get(country)
    if form is None:
        return text
    bare = re.sub(r"[\s.\-\u2010-\u2015]", "", text.upper())
    bare = re.sub(rf"^(?:{country}|{form.letters or country})(?=[0-9]{{3}})", "", bare)
    if country == "NL":
        try:
            return dutch.validate(bare)
        except NumberError:
            return None
    found = re.fullmatch(form.pattern, bare, re.ASCII)
    return form.before + form.between.join(part for part in found.groups() if part) if found else None


def with_zeros(text: str, country: str) -> str:
    """A postcode of figures alone with the zeros in front that a number cell lost: 1067 in Germany is 01067."""
    form = FORMS.get(country)
    whole = form is not None and text.isascii() and text.isdigit()
    return text.zfill(form.figures) if form and whole and 3 <= len(text) < form.figures else text
