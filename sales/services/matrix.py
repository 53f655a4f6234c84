"""The Kleur-/maatvenster: quantities per colour and size of one article, as one change."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.catalog import offers
from backoffice.core.errors import Refusal, Stale
from backoffice.core.keys import keyed
from sales.models import OrderLine, SalesOrder
from sales.services.drafts import ORDER
from sales.services.editing import Draft, open_draft
from sales.services.lines import check_quantity, from_offer, plain


@dataclass(frozen=True)
class Cell:
    """A changed cell: pieces now wanted of the variant, and what the window showed when it was opened."""

    variant_id: int
    wanted: Decimal
    shown: Decimal


@keyed("sales.matrix.save", result=ORDER)
def save(*, order_id: int, article_id: int, cells: list[Cell], employee) -> SalesOrder:
    """Make the order hold the wanted quantities; lines keep their texts, prices and discounts.

    Only changed cells are given. Raises Refusal for an impossible cell (the whole window is refused) and Stale when
    a cell's quantity was changed by somebody else meanwhile.
    """
    if not cells:
        raise Refusal("matrix.empty", _("Vul ten minste één aantal in."))
    draft = open_draft(order_id, employee)
    found = {o.variant_id: o for o in offers.offers(draft.order.order_date, article=article_id)}
    touched, gone = [], []
    for cell in cells:
        offer = found.get(cell.variant_id)
        lines = [line for line in draft.lines if line.variant_id == cell.variant_id and line.quantity > 0]
        held = sum((line.quantity for line in lines), Decimal(0))
        if offer is None or (not offer.active and cell.wanted > held):
            raise Refusal("matrix.cell", _("Deze kleur en maat bestaat niet of is niet meer te verkopen."), _field(cell))
        if held != cell.shown:
            names = [(offer.title, _text(held), _text(cell.wanted))]
            raise Stale(_("%(name)s is intussen gewijzigd.") % {"name": offer.title}, fields=names)
        if cell.wanted < 0:
            raise Refusal("matrix.cell", _("Vul 0 of meer in."), _field(cell))
        touched += _to(draft, offer, lines, cell.wanted - held, gone)
    if gone:
        OrderLine.objects.filter(pk__in=[line.pk for line in gone]).delete()
        draft.lines = [line for line in draft.lines if line not in gone]
    return draft.write(touched=[line for line in touched if line not in gone])


def _to(draft: Draft, offer, lines, difference: Decimal, gone: list) -> list[OrderLine]:
    """Raise or lower what the order holds of the offer by the difference; plain lines first. Returns what changed."""
    lines = sorted(lines, key=lambda line: (not plain(line, offer), -line.position))
    if difference > 0:
        if not lines:
            return [draft.append(from_offer(offer, difference))]
        check_quantity(lines[0].quantity + difference, offer.fractions)
        lines[0].quantity += difference
        draft.touch(lines[0])
        return lines[:1]
    touched = []
    for line in lines:
        if not difference:
            break
        taken = min(line.quantity, -difference)
        difference += taken
        if taken == line.quantity:
            gone.append(line)
        else:
            line.quantity -= taken
            check_quantity(line.quantity, offer.fractions)
            draft.touch(line)
            touched.append(line)
    return touched


def _field(cell: Cell) -> str:
    return f"cell-{cell.variant_id}"


def _text(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
