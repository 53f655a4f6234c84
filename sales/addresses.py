"""An address on an order: read as people type it in a few lines, and printed the way it was typed.

It is kept as {"attention", "street", "city", "country"}: street and city (postcode and town) as typed, sometimes in
more lines than one, country an ISO code. Only where something was typed that these do not hold, also "above" (the lines
before the street: a company, a department, c/o) and "country_line" (the country in the words that it was typed in).
"""

import re
from typing import Any

from django.utils.translation import gettext as _

from backoffice.core.formats import HOME
from backoffice.relations import countries

# whom it is for, as it may stand before a name: Dutch, English, German, French
FOR = re.compile(
    r"(t\.?\s?a\.?\s?v\.?|ter attentie van|att(n|entie)?\b\.?|attention\b|z\.?\s?hd?\.|à l'attention de)[\s:]", re.I
)
# postcodes that nobody takes for something else, wherever they stand: Dutch, British, Irish
DUTCH = r"[1-9]\d{3}\s?(?:[A-Z]{2}|[a-z]{2}|(?!De|La|Le|El|Au)[A-Z][a-z])(?![A-Za-z])"
ISLES = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|(?:D6W|[A-Z]\d\d)\s?[A-Z\d]{4}"
# of figures alone, before the town: 1000, 10115, 114 55, 00-950, 1000-001; and behind it, as in New York, NY 10001
FIGURES = r"\d{3}\s\d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4,5}(?:-\d{4})?"
BEHIND = r"[A-Z]{2}\s\d{5}(?:-\d{4})?|LV-\d{4}|[A-Z]{3}\s\d{4}"
PREFIX = r"(?:(?P<sign>[A-Z]{1,3})\s?-\s?)?"
# the sign of a country before a postcode, as it stood on cars and letters
SIGNS = {"A": "AT", "B": "BE", "D": "DE", "F": "FR", "I": "IT", "L": "LU", "E": "ES", "S": "SE", "P": "PT", "N": "NO"}
HOUSE = re.compile(
    r"\D*\d+\s?[-/]?\s?\w{0,6}(\s\w{1,4})?|\d+\s?\w?,?\s\D+|.*\b(postbus|postfach|p\.?\s?o\.?\s?box|bp)\b.*", re.I
)
ROOM = re.compile(
    r"(gebouw|flat|unit|apartment|appartement|apt|kamer|room|suite|floor|etage|verdieping|afdeling|afd|department|dept"
    r"|c/o|p/a|\d+(e|de|ste|st|nd|rd|th)\b)",
    re.I,
)


def read(text: str, before: dict) -> dict:
    """What was typed as an address, as it is kept; empty when nothing was. before: what stood there.

    The country is the last line that names one, or the sign before the postcode (D-10115); without either that of
    before, or the Netherlands where the postcode is Dutch.
    """
    rows = [" ".join(row.split()).rstrip(",") for row in text.splitlines() if row.strip()]
    if rows == lines(before):
        return before
    if len(rows) == 1:
        rows = [part.strip() for part in rows[0].split(",") if part.strip()]
    if not rows:
        return {}
    rows, country, country_line = _without_country(rows)
    at = _place_of_town(rows, country)
    above, street = _above_and_street(rows[:at])
    city = "\n".join(rows[at:])
    if not country:
        sign, postcode, _town = _postcode(city, "")
        abroad = SIGNS.get(sign) or countries.code_of(sign) or before.get("country")
        country = HOME if re.match(DUTCH, postcode) else abroad or HOME
    kept: dict[str, Any] = {"attention": "", "street": "\n".join(street), "city": city, "country": country}
    if above:
        kept["above"] = "\n".join(above)
    if country_line:
        kept["country_line"] = country_line
    return kept


def lines(address: dict, *, person: str | None = None) -> list[str]:
    """The address as it is printed and typed, a line each. person: whom it is for, if not its own; "": nobody.

    The country stands there as it was typed, else where it is not ours.
    """
    above = str(address.get("above") or "").splitlines()
    person = str(address.get("attention") or "") if person is None else person
    if person and not any(FOR.match(row) for row in above):
        above.insert(0, person if FOR.match(person) else _("t.a.v. %(name)s") % {"name": person})
    country = str(address.get("country") or HOME)
    country_line = address.get("country_line") or ("" if country == HOME else countries.name_of(country))
    street, city = (str(address.get(part) or "").splitlines() for part in ("street", "city"))
    return [row for row in (*above, *street, *city, country_line) if row]


def postcode_and_town(address: dict) -> tuple[str, str]:
    """("1234 AB", "Utrecht") of an address that is kept; no postcode, or one that is not known as such, is empty."""
    _sign, postcode, town = _postcode(str(address.get("city") or ""), str(address.get("country") or HOME))
    if re.fullmatch(DUTCH, postcode):
        postcode = f"{postcode[:4]} {postcode[-2:].upper()}"
    return postcode, town


def _without_country(rows: list[str]) -> tuple[list[str], str, str]:
    """(the lines before the country, its code, its words); a country may also stand behind the town, after a comma."""
    *rest, last = rows
    if code := countries.code_of(last):
        if rest and not (code == "LU" and not _has_postcode(rest[-1], code)):  # Luxemburg is a town too
            return rest, code, last
        return rows, code, ""
    town, comma, behind = last.rpartition(",")
    if comma and (code := countries.code_of(behind)):
        return [*rest, town.strip()], code, behind.strip()
    return rows, "", ""


def _place_of_town(rows: list[str], country: str) -> int:
    """Where the town begins: the last line with a postcode, else the last line; what follows it belongs to it."""
    last = len(rows) - 1
    if country in ("", HOME, "GB", "IE"):
        for place in range(last, -1, -1):
            found = re.search(f"(^|[\\s-])({DUTCH}|{ISLES})$|^{PREFIX}({DUTCH})", rows[place])
            if found and (place or len(rows) == 1 or re.match(DUTCH, rows[place])):
                alone = re.fullmatch(ISLES, rows[place])
                return place - 1 if alone and place > 1 else place
    if last > 1 and re.fullmatch(PREFIX + f"(?:{FIGURES})", rows[last - 1]) and not re.search(r"\d", rows[last]):
        return last - 1  # the postcode stands on a line of its own
    if last == 0 and HOUSE.fullmatch(rows[0]) and not _has_postcode(rows[0], country):
        return 1  # a street without a town
    return last


def _above_and_street(rows: list[str]) -> tuple[list[str], list[str]]:
    """The lines before the street, and the street with what belongs to it: the last line that has a house number."""
    numbered = [
        at for at, row in enumerate(rows) if HOUSE.fullmatch(row) and not ROOM.match(row) and not FOR.match(row)
    ]
    at = numbered[-1] if numbered else len(rows) - 1
    return rows[: max(at, 0)], rows[max(at, 0) :]


def _has_postcode(row: str, country: str) -> bool:
    return bool(_postcode(row, country)[1])


def _postcode(city: str, country: str) -> tuple[str, str, str]:
    """(sign before the postcode, postcode, town) of a kept city; country: "" where it is not known."""
    city = " ".join(city.split())
    zone = f"{DUTCH}|{ISLES}|{FIGURES}" if country in ("", HOME) else f"{ISLES}|{FIGURES}"
    if found := re.fullmatch(rf"{PREFIX}(?P<zone>{zone})(?:,?\s+(?P<town>.*))?", city):
        return found["sign"] or "", found["zone"], found["town"] or ""
    if found := re.fullmatch(rf"(?P<town>.*?),?\s+(?P<zone>{ISLES}|{BEHIND})", city):
        return "", found["zone"], found["town"]
    return "", "", city
