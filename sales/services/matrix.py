"""The Kleur-/maatvenster: quantities per colour and size of one article, as one change."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from backoffice.catalog import offers
from backoffice.catalog.offers import Offer
from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.formats import format_quantity
from backoffice.core.keys import keyed
from sales.models import OrderLine, SalesOrder
from sales.selectors import day_of_rates
from sales.services.drafts import ORDER
from sales.services.editing import OpenOrder, open_order
from sales.services.lines import check_quantity, from_offer, plain, rated


@dataclass(frozen=True)
class Cell:
    """A changed cell: pieces now wanted of the variant, and what the window showed when it was opened."""

    variant_id: int
    wanted: Decimal
    shown: Decimal


@keyed("sales.matrix.save", result=ORDER)
def save(
    *,
    order_id: int,
    article_id: int,
    cells: list[Cell],
    employee,
    on: date | None = None,
    reason: str = "",
    approver=None,
) -> SalesOrder:
    """Make the order hold the wanted quantities; lines keep their texts, prices and discounts.

    Only changed cells are given. Raises Refusals naming every impossible cell (the whole window is refused) and Stale
    with every cell whose quantity was changed by somebody else meanwhile. on, reason, approver: as lines.add().
    """
    if not cells:
        raise Refusal("matrix.empty", _("Vul ten minste één aantal in."))
    opened = open_order(order_id, employee, action="edit", reason=reason, approver=approver)
    day = day_of_rates(opened.order, on)
    found = {offer.variant_id: offer for offer in offers.offers(day, article_id=article_id)}
    change = _Change(opened, found)
    for cell in cells:
        change.take(cell)
    if change.stale:
        message = _("Iemand anders heeft dit intussen gewijzigd. Hieronder staan beide aantallen.")
        raise Stale(message, fields=change.stale)
    if change.refusals:
        raise Refusals(change.refusals)
    change.arrange()
    return opened.write(touched=change.touched)


class _Change:
    """What the cells do to the lines of the draft, gathered."""

    def __init__(self, opened: OpenOrder, found: dict[int, Offer]):
        self.opened, self.found = opened, found
        self.lines: dict[int | None, list[OrderLine]] = defaultdict(list)
        for line in opened.lines:
            if line.quantity > 0:
                self.lines[line.variant_id].append(line)
        self.old = len(opened.lines)  # lines from here on are new
        self.touched: list[OrderLine] = []
        self.gone: list[OrderLine] = []
        self.refusals: list[Refusal] = []
        self.stale: list[tuple[str, str, str]] = []

    def take(self, cell: Cell) -> None:
        """Do one cell, or note why it cannot be done."""
        offer, lines = self.found.get(cell.variant_id), self.lines[cell.variant_id]
        held = sum((line.quantity for line in lines), Decimal(0))
        try:
            if offer is None or (not offer.active and cell.wanted > held):
                raise Refusal("matrix.cell", _("deze kleur en maat bestaat niet of is niet meer te verkopen."))
            if cell.wanted < 0:
                raise Refusal("matrix.cell", _("vul 0 of meer in."))
            if held != cell.shown:
                self.stale.append((offer.title, format_quantity(held), format_quantity(cell.wanted)))
            elif cell.wanted > held:
                self._raise(offer, lines, cell.wanted - held)
            else:
                self._lower(offer, lines, held - cell.wanted)
        except Refusal as refusal:
            name = offer.title if offer else _("Onbekende kleur en maat")
            self.refusals.append(Refusal(refusal.code, f"{name}: {refusal.message}", field_of(cell.variant_id)))

    def _raise(self, offer: Offer, lines: list[OrderLine], difference: Decimal) -> None:
        """A plain line takes the pieces, else the last one of today's VAT rate, else a new one."""
        same = [line for line in lines if rated(line, offer)]
        if not same:
            self.touched.append(self.opened.append(from_offer(offer, difference)))
            return
        line = _plain_first(offer, same)[0]
        check_quantity(line.quantity + difference, offer.fractions)
        line.quantity += difference
        self._touch(line)

    def _lower(self, offer: Offer, lines: list[OrderLine], difference: Decimal) -> None:
        """Pieces go from plain lines first, then from the last line upwards; a line without pieces goes whole."""
        wanted = sum((line.quantity for line in lines), Decimal(0)) - difference
        for line in _plain_first(offer, lines):
            taken = min(line.quantity - self.opened.floor(line), difference)
            difference -= taken
            if taken == line.quantity:
                self.gone.append(line)
            elif taken:
                check_quantity(line.quantity - taken, offer.fractions)
                line.quantity -= taken
                self._touch(line)
        if difference:
            done = format_quantity(wanted + difference)
            raise Refusal(
                "line.done",
                _("hiervan is al %(done)s geleverd of geannuleerd; vul %(done)s of meer in.") % {"done": done},
            )

    def _touch(self, line: OrderLine) -> None:
        self.opened.touch(line)
        self.touched.append(line)

    def arrange(self) -> None:
        """Take emptied lines out, and put new ones below what the order already holds of the article."""
        gone = {line.pk for line in self.gone}
        if gone:
            with connection.cursor() as cursor:  # one statement: a line of a draft has nothing that points at it
                cursor.execute("DELETE FROM sales_orderline WHERE id = ANY(%s)", [list(gone)])
        before, new = self.opened.lines[: self.old], self.opened.lines[self.old :]
        of_article = [index for index, line in enumerate(before) if line.variant_id in self.found]
        below = of_article[-1] + 1 if of_article else self.old
        kept = [line for line in before[:below] if line.pk not in gone]
        rest = [line for line in before[below:] if line.pk not in gone]
        self.opened.lines = [*kept, *new, *rest]
        if new and rest:
            _renumber(self.opened.lines)


def _renumber(lines: list[OrderLine]) -> None:
    """Give every line a position above that of the line before it; those that have one already keep it."""
    last = 0
    for line in lines:
        if line.pk is None or line.position <= last:
            line.position, line.dirty = last + 1, True
        last = line.position


def _plain_first(offer: Offer, lines: list[OrderLine]) -> list[OrderLine]:
    return sorted(lines, key=lambda line: (not plain(line, offer), -line.position))


def field_of(variant_id: int) -> str:
    """The name of a variant's cell in the form."""
    return f"cell-{variant_id}"
