"""Reading one cell: a value, or an InputError whose message is the Dutch sentence. Cached, for cells repeat."""

import re
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from backoffice.core import gtin
from backoffice.core.input import InputError, clean_text, parse_amount
from backoffice.core.search import fold

POINTED = re.compile(r"(-?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+))(?:\.([0-9]+))?", re.ASCII)
YES = {"ja", "j", "yes", "y", "true", "waar", "1", "x", "actief", "active", "aan", "published"}
NO = {"nee", "n", "no", "false", "onwaar", "0", "-1", "inactief", "inactive", "uit", "draft", "archived", "concept"}
NO_CODE = {"", "-", "--", "n.v.t.", "nvt", "n/a", "na", "nan", "none", "null", "geen"}
APOSTROPHES = "'\u2018\u2019`\u00b4"
SPACES = {0xA0: " ", 0x202F: " ", 0x2007: " "}
# 8717960466136,0; 8.717.960.466.136,00; 8,71796E+12
LONG_NUMBER = re.compile(r"[0-9]{8,14}[.,]0*", re.ASCII)
GROUPED = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,0*)?|([0-9]{1,3}(?:,[0-9]{3})+)(?:\.0*)?", re.ASCII)
PREFIX = re.compile(r"(?:ean|gtin|upc)(?:-?(?:8|12|13|14))?[ :]+(?=[0-9])", re.ASCII | re.IGNORECASE)
SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,3})", re.ASCII)


@lru_cache(maxsize=50_000)
def text(value: str, max_length: int) -> str:
    return " ".join(clean_text(value, max_length=max_length).split())


@lru_cache(maxsize=20_000)
def amount(value: str, point: bool) -> Decimal:
    """Euros. In a column with decimal points "1,234.50" and "52.0000" are read as well."""
    return parse_amount(comma(value, 2) if point else value)


def comma(value: str, decimals: int) -> str:
    """A figure with decimal point in our spelling; zeros beyond the decimals are dropped."""
    typed = value.strip("€ \u00a0")
    found = POINTED.fullmatch(typed)
    if not found:
        return value
    part = found[3] or ""
    part = part[:decimals] + part[decimals:].rstrip("0")
    whole = found[2].replace(",", "")
    return f"{found[1]}{whole},{part}" if part else f"{found[1]}{whole}"


@lru_cache(maxsize=20_000)
def quantity(value: str, point: bool) -> int:
    """Whole pieces, zero or more."""
    typed = comma(value, 0) if point else value.strip()
    found = re.fullmatch(r"(-?)([0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,3})(?:[.,]0+)?", typed, re.ASCII)
    if not found:
        raise InputError(_("Dit is geen heel aantal."))
    pieces = int(found[2].replace(".", ""))
    if found[1] and pieces:
        raise InputError(_("Een aantal onder nul kan niet."))
    if pieces > 99_999:
        raise InputError(_("Het aantal is hoogstens 99.999."))
    return pieces


@lru_cache(maxsize=100)
def yes(value: str) -> bool:
    word = fold(value)
    if word in YES or word in NO:
        return word in YES
    raise InputError(_("Vul ja of nee in."))


folded = lru_cache(maxsize=50_000)(fold)


def barcode(value: str) -> str:
    """An EAN with its check digit, a shop's own code with letters in it, or nothing for "n.v.t." and its kind.

    A spreadsheet's doings are taken off: the apostrophe that makes text of a number, decimals, points of thousands, and
    an E+12 that has all figures. What lost figures is refused. What has no letter is an EAN or is refused.
    """
    code = PREFIX.sub("", without_spreadsheet(value))
    if fold(code) in NO_CODE:
        return ""
    if code.startswith("#"):
        raise InputError(_("Dit is een fout uit Excel, geen barcode."))
    if len(code) > 64 or not code.isascii() or not code.isprintable():
        raise InputError(_("Een barcode heeft hoogstens 64 gewone tekens."))
    if any(map(str.isalpha, code)):
        return code
    digits = code.replace(" ", "").replace("-", "")
    if not digits.isdigit() or len(digits) not in gtin.LENGTHS:
        raise InputError(_("Een EAN heeft 8, 12, 13 of 14 cijfers."))
    if not gtin.check_digit_fits(digits):
        raise InputError(_("Het controlecijfer van deze EAN klopt niet."))
    return digits


def own_code(value: str, max_length: int) -> str:
    """A shop's own code (SKU): any text, but a number as a spreadsheet spoils it is mended or refused as an EAN is."""
    return text(without_spreadsheet(value), max_length)


def without_spreadsheet(value: str) -> str:
    """A code without what a spreadsheet makes of a long number. Raises InputError where figures are lost."""
    code = value.translate(SPACES).strip(APOSTROPHES + " ")
    if found := SCIENTIFIC.fullmatch(code):
        figures, zeros = found[1] + (found[2] or ""), int(found[3]) - len(found[2] or "")
        if zeros == 0 and len(figures) in gtin.LENGTHS:
            return figures
        raise InputError(_("Excel heeft deze EAN afgekort. Maak de kolom op als tekst en vul de hele EAN in."))
    if LONG_NUMBER.fullmatch(code):
        return code.partition(",")[0].partition(".")[0]
    if found := GROUPED.fullmatch(code):
        digits = re.sub("[.,]", "", found[1] or found[2])
        return digits if len(digits) in gtin.LENGTHS else code
    return code
