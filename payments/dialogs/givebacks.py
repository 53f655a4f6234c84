"""What a dialog shows that asks where money goes: a field per method, filled in as it came. EUR; it writes nothing."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.formats import format_amount, format_money
from backoffice.core.http import posted_int
from backoffice.core.input import InputError, parse_amount
from backoffice.core.money import ZERO
from payments import selectors
from payments.models import PaymentMethod, TillSession
from payments.selectors import methods
from payments.services.refunding import sources
from sales import totals
from sales.models import SalesOrder

Kind = PaymentMethod.Kind
PREFIX = "back_"


@dataclass
class Place:
    """One method that money can go back by. note: what came in by it."""

    method: PaymentMethod
    note: str = ""
    typed: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.method.pk}"


@dataclass
class Sheet:
    """An order of which money goes back. over: EUR that must get a place, None where the employee chooses how much."""

    order: SalesOrder
    over: Decimal | None
    places: list[Place]
    drawers: list[TillSession] = field(default_factory=list)
    session: int | None = None

    @property
    def cash(self) -> bool:
        return any(place.method.cash for place in self.places)


def sheet(order: SalesOrder, over: Decimal | None, values: Mapping[str, str] | None = None) -> Sheet:
    """The fields for an order: what was typed, else what is over, by the methods that it came in by."""
    came = _came_in(order)
    drawers = list(selectors.open_drawers(order.branch_id))
    places = []
    for method in methods.offered(methods.DESK, order.branch_id):
        if (method.cash and not drawers) or (method.kind == Kind.CREDIT and order.customer_id is None):
            continue
        note = _("zo betaald: %(amount)s") % {"amount": format_money(came[method.pk])} if method.pk in came else ""
        if method.kind == Kind.CREDIT and not note:
            note = _("blijft van de klant, voor een volgende order")
        places.append(Place(method, note))
    shown = Sheet(order, over, places, drawers if any(p.method.cash for p in places) else [])
    if len(shown.drawers) == 1:
        shown.session = shown.drawers[0].pk
    if values is None or not any(place.name in values for place in places):
        _fill(shown, came)
    else:
        for place in places:
            place.typed = values.get(place.name, "")
    return shown


def read(request, shown: Sheet) -> tuple[list[tuple[int, Decimal]], int | None]:
    """What was typed: [(method id, EUR)] without what was left empty, and the drawer. Raises Refusals per field."""
    amounts, wrong = [], []
    for place in shown.places:
        try:
            amount = parse_amount(place.typed) if place.typed.strip() else ZERO
        except InputError as error:
            wrong.append(Refusal("payments.amount", f"{place.method.name}: {error.message}", place.name))
            continue
        if amount:
            amounts.append((place.method.pk, amount))
    if wrong:
        raise Refusals(wrong)
    shown.session = posted_int(request, "session") or shown.session
    cash = {place.method.pk for place in shown.places if place.method.cash}
    return amounts, shown.session if any(pk in cash for pk, _amount in amounts) else None


def over_after_cancel(order: SalesOrder, lines, quantities: dict[int, Decimal] | None = None) -> Decimal:
    """What would be paid too much when all that is undelivered, or these pieces per line, are cancelled; EUR."""
    lines = [copy.copy(line) for line in lines]
    for line in lines:
        taken = line.open_quantity if quantities is None else quantities.get(line.pk, ZERO).copy_sign(line.quantity)
        line.cancelled_quantity += taken
    return _over(order, totals.compute(order, lines).gross)


def over_after_amendment(order: SalesOrder, amendment: SalesOrder) -> Decimal:
    """What would be paid too much on the order when its amendment is applied; EUR."""
    return _over(order, amendment.gross.amount)


def _over(order: SalesOrder, gross: Decimal) -> Decimal:
    return max(order.paid_total.amount - max(gross, ZERO), ZERO)


def _came_in(order: SalesOrder) -> dict[int, Decimal]:
    """What can be given back per method, EUR, the newest payment first."""
    came: dict[int, Decimal] = {}
    for source in reversed(sources(order)):
        if source.entry.method_id:
            came[source.entry.method_id] = came.get(source.entry.method_id, ZERO) + source.left
    return came


def _fill(shown: Sheet, came: dict[int, Decimal]) -> None:
    """Propose: by the methods that it came in by, what is left as tegoed, else by the first method."""
    left = shown.over or ZERO
    by_method = {place.method.pk: place for place in shown.places}
    amounts: dict[int, Decimal] = {}
    for pk, amount in came.items():
        if pk in by_method and (part := min(left, amount)):
            amounts[pk] = part
            left -= part
    if left and shown.places:
        kinds = {place.method.kind: place for place in reversed(shown.places)}
        rest = kinds.get(Kind.CREDIT) or kinds.get(Kind.BANK) or shown.places[0]
        amounts[rest.method.pk] = amounts.get(rest.method.pk, ZERO) + left
    for pk, amount in amounts.items():
        by_method[pk].typed = format_amount(amount)
