"""What the Aanbetalen dialog shows: keys, what is filled in, and what remains. EUR incl. VAT; it writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_amount, format_money, format_percent
from backoffice.core.input import InputError, parse_amount
from backoffice.core.money import HUNDRED, ZERO, cents
from payments import selectors
from payments.models import PaymentMethod, TillSession
from payments.selectors import methods
from payments.totals import tendering
from sales.models import SalesOrder

Kind = PaymentMethod.Kind
ICONS: dict[str, str] = {Kind.CASH: "banknote", Kind.BANK: "landmark", Kind.ONLINE: "link", Kind.CREDIT: "wallet"}
QUICK = (Decimal(25), Decimal(50))


@dataclass
class Key:
    """One method as a key. note: what stands under its name; usable: it can be chosen now."""

    method: PaymentMethod
    note: str
    usable: bool = True
    most: Decimal | None = None  # store credit: not more than there is
    chosen: bool = False
    typed: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.method.kind]

    @property
    def name(self) -> str:
        return f"amount_{self.method.pk}"


@dataclass
class Sheet:
    """An order to be paid on, with its keys. quick: [(value, label, EUR)]."""

    order: SalesOrder
    keys: list[Key]
    drawers: list[TillSession]
    quick: list[tuple[str, str, Decimal]] = field(default_factory=list)

    @property
    def rest(self) -> Decimal:
        return self.order.open_amount.amount

    @property
    def chosen(self) -> list[Key]:
        return [key for key in self.keys if key.chosen]

    @property
    def cash(self) -> bool:
        return any(key.method.cash for key in self.chosen)

    @property
    def after(self) -> Decimal | None:
        """What remains after this deposit, or None where that cannot be."""
        try:
            rows = tendering.rows(
                self.rest,
                [(key.method.cash, _read(key.typed)) for key in self.chosen],
                rounds=self.order.branch.cash_rounding,
            )
        except Refusal:
            return self.rest if not self.chosen else None
        return self.rest - sum((row.amount for row in rows), ZERO)


def sheet(order: SalesOrder, values: Mapping[str, str] | None = None, chosen=()) -> Sheet:
    """The dialog of an order, with what was chosen (method ids) and typed ({name: text}) so far.

    values may say what was just asked: "pick" (a method id) fills in what is left, "quick" one of the quick amounts.
    """
    values = values or {}
    drawers = list(selectors.open_drawers(order.branch_id))
    keys = [_key(method, order, drawers) for method in methods.offered(methods.DESK, order.branch_id)]
    ids = {str(one) for one in chosen}
    for key in keys:
        key.chosen = str(key.method.pk) in ids
        key.typed = values.get(key.name, "") if key.chosen else ""
    made = Sheet(order, keys, drawers)
    made.quick = _quick(made)
    picked = next((key for key in made.chosen if str(key.method.pk) == values.get("pick")), None)
    if picked is not None and not picked.typed:
        _fill(made, picked)
    amount = next((amount for name, _label, amount in made.quick if name == values.get("quick")), None)
    if amount is not None and made.chosen:
        _spend(made, amount)
    return made


def _key(method: PaymentMethod, order: SalesOrder, drawers) -> Key:
    if method.kind == Kind.CASH:
        return Key(method, _("in een open lade") if drawers else _("geen open kassa"), usable=bool(drawers))
    if method.kind == Kind.CREDIT:
        there = selectors.credit_of(order.customer_id)
        note = _("beschikbaar %(amount)s") % {"amount": format_money(there)} if there else _("geen tegoed")
        return Key(method, note, usable=bool(there), most=there)
    return Key(method, _("overboeking") if method.kind == Kind.BANK else _("online betaald"))


def _quick(made: Sheet) -> list[tuple[str, str, Decimal]]:
    """Everything, parts of the total, and what the Soort still asks; never more than is left to pay."""
    total = made.order.gross.amount
    found = [("all", _("Alles"), made.rest)]
    required = selectors.required_deposit(made.order)
    if required.due:
        label = _("%(percent)s, volgens Soort") % {"percent": format_percent(required.percent)}
        found.append(("type", label, min(required.due, made.rest)))
    for percent in QUICK:
        amount = cents(total * percent / HUNDRED)
        if ZERO < amount <= made.rest:
            label = _("%(percent)s van totaal") % {"percent": format_percent(percent)}
            found.append((str(percent), label, amount))
    return found


def _fill(made: Sheet, picked: Key) -> None:
    """The whole of what is left; where another method holds all of it, this one takes its place."""
    others = [key for key in made.chosen if key is not picked]
    left = made.rest - sum((_read(key.typed) for key in others), ZERO)
    if left <= 0 and len(others) == 1:
        others[0].chosen, others[0].typed = False, ""
        left = made.rest
    _type(picked, left)


def _spend(made: Sheet, amount: Decimal) -> None:
    """Bring the deposit to this amount: the last method takes what the ones before it leave."""
    *before, last = made.chosen
    left = amount - sum((_read(key.typed) for key in before), ZERO)
    if left <= 0:
        for key in before:
            key.chosen, key.typed = False, ""
        left = amount
    if last.method.cash and left < made.rest and made.order.branch.cash_rounding:
        left = tendering.to_five(left)
    _type(last, left)


def _type(key: Key, amount: Decimal) -> None:
    amount = amount if key.most is None else min(amount, key.most)
    key.typed = format_amount(amount) if amount > 0 else ""


def _read(text: str) -> Decimal:
    """What was typed, EUR; nothing where it cannot be read (the form says so when it is sent)."""
    try:
        return parse_amount(text)
    except InputError:
        return ZERO
