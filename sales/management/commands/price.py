"""`manage.py price`: price an order given as JSON on standard input, by the code that prices the order screen.

For support, integrators and checks against other systems. Needs no database. Input: amounts in EUR, percentages 0 to
100, every decimal a string with a decimal point; optional keys in brackets:

    {"vat_mode": "inclusive" | "exclusive" | "reverse_charge" | "none",
     ["order_discount_percent": "0", "order_discount_amount": "0",]
     "lines": [{"quantity": "2", "unit_price": "49.95", "vat_percent": "21",
                ["discount_percent": "0", "discount_amount": "0"]}]}

Output: line totals, subtotal and order discount in the given mode; net, VAT per rate, VAT and gross; two decimals.
"""

import json
import re
import sys
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backoffice.core.money import cents
from sales.pricing import VAT_MODES, PricedLine, PricingError, price

# ASCII only: Python's own Decimal also takes 1_000, other scripts' digits, NaN and exponents
NUMBER = re.compile(r"-?[0-9]{1,10}(?:\.([0-9]{1,4}))?")
# how many decimals each figure may have
DECIMALS = {
    "quantity": 3,
    "unit_price": 4,
    "vat_percent": 2,
    "discount_percent": 4,
    "discount_amount": 2,
    "order_discount_percent": 4,
    "order_discount_amount": 2,
}
LINE_REQUIRED = ("quantity", "unit_price", "vat_percent")
LINE_OPTIONAL = ("discount_percent", "discount_amount")
ORDER_REQUIRED = ("vat_mode", "lines")
ORDER_OPTIONAL = ("order_discount_percent", "order_discount_amount")


class Command(BaseCommand):
    help = "Rekent een order (JSON op standaardinvoer) door met dezelfde code als het orderscherm."
    requires_system_checks = []

    def handle(self, *args, **options):
        try:
            text = sys.stdin.read() if sys.stdin else ""
        except UnicodeDecodeError as error:
            raise CommandError(_("De invoer is geen UTF-8-tekst.")) from error
        order = parse(text)
        try:
            totals = price(**order)
        except PricingError as error:
            where = line_name(error.line) if error.line is not None else ""
            raise CommandError(where + error.message) from error
        self.stdout.write(json.dumps(as_json(order["vat_mode"], totals), indent=2))


def parse(text: str) -> dict:
    """The arguments for sales.pricing.price, or a CommandError that says what is wrong and where."""
    try:
        data = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=without_doubles, parse_constant=refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise CommandError(_("De invoer is geen geldige JSON.")) from error
    check_keys(data, ORDER_REQUIRED, ORDER_OPTIONAL, "")
    if data["vat_mode"] not in VAT_MODES:
        raise CommandError(_("vat_mode is een van: %(modes)s.") % {"modes": ", ".join(VAT_MODES)})
    if not isinstance(data["lines"], list):
        raise CommandError(_("lines is een lijst van regels."))
    order = {name: decimal(data, name, "") for name in ORDER_OPTIONAL if name in data}
    lines = [parse_line(line, line_name(number)) for number, line in enumerate(data["lines"])]
    return {"vat_mode": data["vat_mode"], "lines": lines, **order}


def parse_line(line, where: str) -> PricedLine:
    """One line of the input; `where` opens the sentence when it is refused."""
    check_keys(line, LINE_REQUIRED, LINE_OPTIONAL, where)
    values: dict[str, Any] = {name: decimal(line, name, where) for name in line}
    return PricedLine(**values)


def check_keys(data, required, optional, where):
    """Refuse what is not an object, misses a key, or has one that is not ours."""
    if not isinstance(data, dict):
        raise CommandError(where + _("hier hoort een JSON-object te staan."))
    unknown = sorted(data.keys() - {*required, *optional})
    if unknown:
        raise CommandError(where + _("onbekende sleutel %(key)s.") % {"key": shown(unknown[0])})
    missing = [name for name in required if name not in data]
    if missing:
        raise CommandError(where + _("%(key)s ontbreekt.") % {"key": missing[0]})


def decimal(data, name, where) -> Decimal:
    """A figure of the input: a string in plain decimals, with no more decimals than it may have."""
    value, places = data[name], DECIMALS[name]
    match = NUMBER.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise CommandError(
            where
            + _('%(key)s is een getal tussen aanhalingstekens, zoals "12.50", en niet %(value)s.')
            % {"key": name, "value": shown(value)}
        )
    if len(match[1] or "") > places:
        raise CommandError(
            where + _("%(key)s heeft ten hoogste %(places)s decimalen.") % {"key": name, "places": places}
        )
    return Decimal(value)


def as_json(vat_mode, totals) -> dict:
    """The totals as they are printed: decimals as strings with two decimals."""
    return {
        "vat_mode": vat_mode,
        "lines": [{"line_total": str(total)} for total in totals.line_totals],
        "subtotal": str(totals.subtotal),
        "order_discount": str(totals.order_discount),
        "net": str(totals.net),
        "vat": [
            {"percent": str(cents(row.percent)), "net": str(row.net), "vat": str(row.vat), "gross": str(row.gross)}
            for row in totals.vat_rows
        ],
        "vat_total": str(totals.vat),
        "gross": str(totals.gross),
    }


def line_name(number: int) -> str:
    return _("Regel %(number)s: ") % {"number": number + 1}


def shown(value) -> str:
    """What was given, short and harmless enough for an error message."""
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."


def without_doubles(pairs):
    """A JSON object as a dict; a key that comes twice is refused, for one of both would silently be lost."""
    data = {}
    for key, value in pairs:
        if key in data:
            raise CommandError(_("De sleutel %(key)s staat er twee keer.") % {"key": shown(key)})
        data[key] = value
    return data


def refuse_constant(name):
    """NaN and Infinity are no JSON, though Python reads them."""
    raise ValueError(name)
