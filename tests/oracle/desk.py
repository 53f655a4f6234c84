"""The desk in the model: drafts, confirming, packing slips, amending, cancelling and taking that back."""

from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle import counter, money, prices, rating
from tests.oracle.model import (
    CONFIRMED,
    DISCARDED,
    DRAFT,
    LIVE,
    UNDELIVERED,
    Amendment,
    Article,
    Customer,
    Line,
    Order,
    Person,
    Session,
    Shop,
    Slip,
    refuse,
)
from tests.oracle.sums import INCLUSIVE, MODES, UNTAXED, D, key_of

Items = list[tuple[Article, Decimal]]


def draft(shop: Shop, branch: str, who: Person, customer: Customer | None, due: date) -> Order:
    """Nieuw: today, including VAT as the Soort says, unless the customer has a mode."""
    made = Order(branch, "desk", shop.today, INCLUSIVE, who, due=due)
    if customer is not None:
        counter.choose(made, customer, who)
    shop.orders.append(made)
    return made


def set_mode(order: Order, mode: str, who: Person, reason: str) -> None:
    """In- or excluding VAT; a mode without VAT asks a manager's right and a reason."""
    refuse(order.state == DRAFT and mode in MODES, "agreed")
    brought = (order.customer.mode if order.customer else "") or INCLUSIVE
    if mode in UNTAXED and mode not in (order.mode, brought):
        refuse(who.manages, "no right to leave the VAT out")
        refuse(reason, "no reason to leave the VAT out")
    order.mode = mode
    prices.check(order, who)


def confirm(shop: Shop, order: Order, who: Person, *, seen: bool = True) -> None:
    """Verkooporder bevestigen. seen: the screen showed the lines as they are."""
    refuse(order.state == DRAFT, "confirmed already")
    refuse(seen, "the lines changed since they were shown")
    counter.place(shop, order, who)


def discard(order: Order) -> None:
    refuse(order.state == DRAFT, "confirmed already")
    order.state = DISCARDED


# ---- deliveries -----------------------------------------------------------------------------------------------------
def deliver(shop: Shop, order: Order, take: dict[Line, Decimal], stays: str = "") -> Slip:
    """Pakbon aanmaken, from the order's own branch. stays: the price that is kept where a rate changed."""
    refuse(order.state == CONFIRMED and order.status in UNDELIVERED and take, "nothing is left to deliver")
    refuse(all(0 < pieces <= line.open for line, pieces in take.items()), "more than is open")
    rating.follow(shop, order, list(take), shop.today, stays)
    return counter.hand_over(shop, order, take, order.branch, slip=True)


def cancel_slip(shop: Shop, order: Order, slip: Slip) -> None:
    """The goods are back and reserved again; not what was taken back by its receipt meanwhile."""
    refuse(order.status in {"part_delivered", "delivered", "settled"}, "nothing is delivered")
    refuse(not slip.cancelled, "cancelled already")
    for line, pieces in slip.pieces.items():
        refuse(line.returned <= line.delivered - pieces, "it came back by its receipt")
    slip.cancelled = True
    for line, pieces in slip.pieces.items():
        line.delivered -= pieces
        shop.move(slip.branch, line, -pieces)


# ---- cancelling -----------------------------------------------------------------------------------------------------
def over(order: Order) -> Decimal:
    """What is paid beyond the total."""
    return max(order.paid - max(order.gross, D(0)), D(0))


def cancel(
    shop: Shop,
    order: Order,
    pieces: dict[Line, Decimal] | None,
    amounts: money.Tenders,
    session: Session | None,
) -> None:
    """Order annuleren: all that is undelivered, or some; what is then paid too much goes back, to the cent."""
    refuse(order.state == CONFIRMED and order.status in UNDELIVERED, "nothing is left to cancel")
    refuse(order.amendment is None, "being amended")
    chosen = {line: line.open for line in order.lines if line.open} if pieces is None else pieces
    refuse(chosen, "nothing to cancel")
    for line, number in chosen.items():
        refuse(0 < number <= line.open, "more than is open")
        line.cancelled += number
    explain(shop, order, amounts, session)
    order.cancellations.append((shop.today, copy(chosen)))
    order.version += 1


def explain(shop: Shop, order: Order, amounts: money.Tenders, session: Session | None) -> None:
    """Where what is paid beyond the new total goes; then what stays follows the VAT rows."""
    left_over = over(order)
    refuse(sum((amount for _method, amount in amounts), D(0)) == left_over, "not exactly what is paid too much")
    if left_over:
        money.give_back(shop, order, amounts, session)
    else:
        money.follow(shop, order)


def undo_cancel(shop: Shop, order: Order) -> None:
    """The last cancelling is taken back, on its day, and when nothing was amended since."""
    refuse(order.state == CONFIRMED and order.amendment is None, "being amended")
    refuse(any(line.cancelled for line in order.lines), "nothing is cancelled")
    refuse(order.cancellations and order.cancellations[-1][0] == shop.today, "not of today, or amended since")
    _day, pieces = order.cancellations.pop()
    for line, number in pieces.items():
        line.cancelled -= number
    order.version += 1
    money.follow(shop, order)


# ---- amending -------------------------------------------------------------------------------------------------------
def amend(order: Order, who: Person) -> Amendment:
    """Wijzigen: a draft that is changed beside the order, which stays as it is until it is confirmed."""
    refuse(order.state == CONFIRMED and order.status in LIVE, "done")
    refuse(order.amendment is None or order.amendment.by is who, "somebody else has it")
    if order.amendment is None:
        twin = copy(order)
        was = {replace(line, ref=0, returned=D(0)): line for line in order.lines}
        twin.lines, twin.state, twin.payments, twin.ref = list(was), DRAFT, [], 0
        order.amendment = Amendment(who, twin, was, order.version)
    return order.amendment


def check_floor(amendment: Amendment, line: Line, wanted: Decimal) -> None:
    """Not below what is delivered and cancelled by now."""
    was = amendment.was.get(line)
    refuse(was is None or wanted >= was.delivered + was.cancelled, "delivered or cancelled already")


def drop_amendment(order: Order) -> None:
    refuse(order.amendment, "not being amended")
    order.amendment = None


AGREED = ("pieces", "price", "price_mode", "off_percent", "off_amount", "off_mode", "code", "percent")


def closed_for(order: Order, amendment: Amendment) -> bool:
    """Whether it would change price, discount, mode or VAT of a line of which pieces came back by their receipt.

    What came back was paid back at what a piece cost then: to the cent that must stay.
    """
    if not any(was.returned for was in amendment.was.values()):
        return False
    before, now = counter.paid_for(order), counter.paid_for(amendment.draft)
    for line, was in amendment.was.items():
        if was.returned and line in amendment.draft.lines:
            old, new = (
                Fraction(paid.gross) / Fraction(each.pieces - each.cancelled)
                for paid, each in ((before[was], was), (now[line], line))
            )
            if key_of(line, amendment.draft.mode) != key_of(was, order.mode):
                return True
            if abs(new - old) * Fraction(was.returned) > Fraction(1, 100):
                return True
    return False


def confirm_amendment(
    shop: Shop, order: Order, who: Person, amounts: money.Tenders = (), session: Session | None = None
) -> None:
    """Verkooporder bevestigen on an amendment: the order becomes what it says, money and stock by the difference."""
    amendment = order.amendment
    refuse(amendment is not None and amendment.by is who, "somebody else has it")
    assert amendment is not None
    refuse(order.status in LIVE, "done meanwhile")
    refuse(amendment.version == order.version, "changed meanwhile")
    twin = amendment.draft
    counter.check_sold(twin)
    for line, was in amendment.was.items():
        wanted = line.pieces if line in twin.lines else D(0)
        refuse(wanted >= was.delivered + was.cancelled, "delivered or cancelled meanwhile")
    refuse(not closed_for(order, amendment), "a line of which pieces came back is closed")
    gone = [was for line, was in amendment.was.items() if line not in twin.lines]
    changed = bool(gone) or [amendment.was.get(line) for line in twin.lines] != order.lines
    for line in twin.lines:
        was = amendment.was.get(line)
        changed = changed or was is None or any(getattr(line, name) != getattr(was, name) for name in AGREED)
    head = ("off_percent", "off_amount", "mode", "customer")
    changed = changed or any(getattr(order, name) != getattr(twin, name) for name in head)
    order.amendment = None
    if not changed:
        return
    order.lines = [settled_line(amendment.was.get(line), line) for line in twin.lines]
    for was in gone:
        if was.handled:  # a delivery that was taken back points at it: it stays, cancelled
            was.cancelled = was.pieces
            order.lines.append(was)
    for name in (*head, "off_mode", "vat_id"):
        setattr(order, name, getattr(twin, name))
    explain(shop, order, amounts, session)
    order.cancellations.clear()
    order.version += 1


def settled_line(was: Line | None, line: Line) -> Line:
    """The line of the order with what the amendment says; a new one where there was none."""
    if was is None:
        line.ref = 0
        return line
    for name in (*AGREED, "listed", "allowed", "reason"):
        setattr(was, name, getattr(line, name))
    return was
