"""A typed price that lies far above the one that is known is asked about: a point of thousands is easily a slip."""

from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money

FAR = 10  # times the known price: what one misplaced comma makes of it


def check_not_far(price: Decimal, known: Decimal, *, sure: bool, field: str) -> None:
    """Raises Refusal price.far when the price is ten times the known one or more, unless it was said to be meant.

    price, known: EUR in the same VAT mode; nothing is asked where no price is known (0).
    """
    if known > 0 and price >= known * FAR and not sure:
        words = {"price": format_money(price), "known": format_money(known)}
        message = _("%(price)s is ver boven de verkoopprijs van %(known)s. Klopt dat?") % words
        raise Refusal("price.far", message, field)
