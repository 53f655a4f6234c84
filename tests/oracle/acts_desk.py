"""What happens at a desk: drafts, deposits, slips, amendments, cancelling and money that goes back."""

import datetime
from collections.abc import Iterator
from decimal import Decimal

from tests.oracle import acts_day, compare, desk, money, prices, rating
from tests.oracle.days import Day, Step
from tests.oracle.model import (
    BANK,
    CARD,
    CASH,
    CREDIT,
    LIVE,
    ONLINE,
    UNDELIVERED,
    Line,
    Order,
    Payment,
    Person,
    Session,
    refuse,
)
from tests.oracle.sums import EXCLUSIVE, INCLUSIVE, NONE, REVERSE, UNTAXED, ZERO, D, five_cents, unit_price

Steps = Iterator[Step]


def at_desk(day: Day) -> Person:
    return day.person(day.dice.choice(("office", "office", "office", "admin", "rover")))


# ---- drafts ----------------------------------------------------------------------------------------------------------
def draft(day: Day) -> Steps:
    """Nieuw, with a customer and some lines, and often confirmed at once."""
    who, branch = at_desk(day), day.dice.choice(("Utrecht", "Utrecht", "Breda"))
    free = [customer for customer in day.shop.customers if not customer.blocked]
    customer = day.some(free) if day.may(0.85) else None
    due, home = day.shop.today + datetime.timedelta(days=day.dice.randint(0, 20)), day.may(0.4)

    def model() -> Order:
        made = desk.draft(day.shop, branch, who, customer, due)
        made.delivered_home = home
        return made

    yield Step("draft", f"{who.name} begins an order in {branch} for {customer.name if customer else 'nobody'}", model,
               lambda: day.services.draft(branch, who, customer, due, home),
               lambda order, ref: setattr(order, "ref", ref))  # fmt: skip
    order = day.shop.orders[-1]
    yield from put_on(day, order, day.items(4), who)
    if day.may(0.6) and day.last:
        yield from confirm_by(day, order, who)


def put_on(day: Day, order: Order, items: list, who: Person) -> Steps:
    listed = ", ".join(f"{pieces} {article.name}" for article, pieces in items)
    yield Step("draft_line", f"{who.name} adds {listed} to {order.ref}",
               lambda: prices.add(day.shop, order, items, who, day.shop.today),
               lambda: day.services.add(order, items, who))  # fmt: skip


def more_lines(day: Day) -> Steps:
    order = day.draft()
    if order:
        yield from put_on(day, order, day.items(2), at_desk(day))


def change_draft(day: Day) -> Steps:
    """A number, a price or a discount on a line of a draft, or a discount on the whole."""
    order = day.draft(lambda o: bool(o.lines))
    if order:
        who = day.person("office")
        yield from (change_whole if day.may(0.3) else change_line)(day, order, who, "draft")


def change_line(day: Day, order: Order, who: Person, of: str, *, closed: bool = False) -> Steps:
    line = day.some(order.lines)
    values = new_values(day, order, line)
    said = ", ".join(f"{name} {value}" for name, value in values.items() if name != "reason")

    def model() -> None:
        if of == "amend" and values.get("quantity", line.pieces) > line.pieces:
            refuse(not rating.keeps_an_older(day.shop, order, line), "another rate by now")
        prices.set_line(order, line, who, pieces=values.get("quantity"), each=values.get("price"),
                        off=values.get("discount"), reason=values.get("reason", ""))  # fmt: skip

    yield Step(f"{of}_change", f"{who.name} sets {said} on {line.article.name} of {order.ref}", model,
               lambda: day.services.set_line(order, line, values, who), either=closed)  # fmt: skip


def new_values(day: Day, order: Order, line: Line) -> dict:
    what = day.dice.choice(("quantity", "quantity", "price", "discount"))
    if what == "quantity" and not line.off_amount:
        return {"quantity": line.delivered + line.cancelled + day.dice.randint(1, 6)}
    if what == "price":
        factor = day.dice.choice((100, 110, 95, 80, 50))
        each = (unit_price(line, order.mode) * factor / 100).quantize(D("0.01"))
        return {"price": each, "reason": "Afspraak"}
    return {"discount": ("percent", D(day.dice.choice((0, 5, 12, 20, 45)))), "reason": "Afspraak"}


def change_whole(day: Day, order: Order, who: Person, of: str, *, closed: bool = False) -> Steps:
    percent = D(day.dice.choice((0, 5, 10, 35)))
    kind, value = ("percent", percent)
    if day.may(0.4):
        kind, value = "amount", (order.totals.subtotal * day.dice.choice((1, 4)) / 100).quantize(D("0.01"))
    yield Step(f"{of}_discount", f"{who.name} gives {value} {kind} on the whole of {order.ref}",
               lambda: prices.set_discount(order, who, **{kind: value}, reason="Afspraak"),
               lambda: day.services.discount(order, who, kind, value, "Afspraak", None), either=closed)  # fmt: skip


def draft_mode(day: Day) -> Steps:
    order = day.draft(lambda o: bool(o.lines))
    if order:
        who = day.person(day.dice.choice(("office", "office", "seller" if order.branch == "Utrecht" else "admin")))
        mode = day.dice.choice((INCLUSIVE, EXCLUSIVE, EXCLUSIVE, REVERSE, NONE))
        if who.name == "seller" and prices.deep(order, who):
            return
        reason = "Proef" if mode in UNTAXED else ""
        yield Step("draft_mode", f"{who.name} sets {mode} on {order.ref}",
                   lambda: desk.set_mode(order, mode, who, reason),
                   lambda: day.services.mode(order, mode, who))  # fmt: skip


def draft_customer(day: Day) -> Steps:
    order = day.draft()
    if order:
        who, customer = at_desk(day), day.some(day.shop.customers) if day.may(0.9) else None
        yield Step("draft_customer", f"{who.name} chooses {customer.name if customer else 'nobody'} on {order.ref}",
                   lambda: desk.counter.choose(order, customer, who),
                   lambda: day.services.header(order, customer, who))  # fmt: skip


def confirm(day: Day) -> Steps:
    order = day.draft(lambda o: o.customer is not None or day.may(0.1))
    if order:
        yield from confirm_by(day, order, at_desk(day))


def confirm_by(day: Day, order: Order, who: Person) -> Steps:
    hand = day.hand("confirm")
    yield Step("confirm", f"{who.name} confirms {order.ref}", lambda: desk.confirm(day.shop, order, who),
               lambda: hand(order, who), also=lambda _made: compare.confirmation_of(order))  # fmt: skip


def two_tabs(day: Day) -> Steps:
    """A draft is open in two tabs: what one adds, the other has not seen when it confirms."""
    order = day.draft(lambda o: bool(o.lines) and o.customer is not None)
    if order is None:
        return
    who, seen = day.person("office"), {}
    fields = day.screens.confirm_fields(order, who)
    seen.update(fields)
    yield from put_on(day, order, day.items(1), who)
    if day.last:
        yield Step("two_tabs", f"{who.name} confirms {order.ref} in a tab that has not seen the last line",
                   lambda: desk.confirm(day.shop, order, who, seen=False),
                   lambda: day.screens.confirm(order, who, seen))  # fmt: skip


def discard(day: Day) -> Steps:
    order = day.draft()
    if order:
        who = at_desk(day)
        yield Step("discard", f"{who.name} drops {order.ref}", lambda: desk.discard(order),
                   lambda: day.services.discard(order, who))  # fmt: skip


# ---- money at the desk -----------------------------------------------------------------------------------------------
def deposit(day: Day) -> Steps:
    """Aanbetalen by bank, iDEAL, tegoed or cash, in part or whole; now and then too much, or on a paid order."""
    wrong = day.may(0.1)
    order = day.confirmed(lambda o: bool(o.number) and (o.status in LIVE) and (o.payment_state == "paid") == wrong)
    if order is None or (order.left <= 0 and not wrong):
        return
    who, session = at_desk(day), day.drawer(order.branch)
    amount = order.left if day.may(0.45) else day.euros(max(order.left, D(1)))
    if day.may(0.1):
        amount = order.left + D("0.05")
    method = day.dice.choice((BANK, BANK, ONLINE, CASH if session else BANK))
    tenders = [(method, five_cents(amount) if method == CASH and amount != order.left else amount)]
    credit = order.customer.credit if order.customer else ZERO
    if credit and day.may(0.7):
        spent = min(credit, amount)
        rest = amount - spent
        tenders = [(CREDIT, spent), *([(BANK, rest)] if rest else [])]
    if not tenders[0][1]:
        return
    hand, used = day.hand("deposit"), session if tenders[-1][0] == CASH else None
    paid = ", ".join(f"{amount} {method}" for method, amount in tenders)
    yield Step("deposit", f"{who.name} takes {paid} on {order.number}",
               lambda: money.deposit(day.shop, order, tenders, used),
               lambda: hand(order, tenders, who, used))  # fmt: skip


def back_by(day: Day, order: Order, amount: Decimal) -> tuple[list[tuple[str, Decimal]], Session | None]:
    """How an amount goes back: by bank, iDEAL, out of a drawer that holds it, as store credit, or half of it each."""
    if not amount:
        return [], None
    session = day.drawer(order.branch)
    can = [BANK, ONLINE, CREDIT] if order.customer else [BANK, ONLINE]
    if session and money.drawer(day.shop, session) >= amount and amount > 1:
        can.append(CASH)
    method = day.dice.choice(can)
    if amount > 2 and method != CASH and day.may(0.25):
        half = (amount / 2).quantize(D("0.01"))
        other = BANK if method != BANK else ONLINE
        return [(method, half), (other, amount - half)], None
    return [(method, amount)], session if method == CASH else None


def refund(day: Day) -> Steps:
    """Terugbetalen: a part or all of what can be given back; now and then more than that."""
    order = day.confirmed(lambda o: bool(o.number) and o.paid > 0)
    if order is None:
        return
    can = day.shop.can_give_back(order)
    amount = order.paid if day.may(0.15) else can if day.may(0.4) else day.euros(max(can, D(1)))
    if amount > 0:
        who = day.person(day.dice.choice(("office", "rover")))
        amounts, session = back_by(day, order, amount)
        listed = ", ".join(f"{amount} {method}" for method, amount in amounts)
        yield Step("refund", f"{who.name} gives {listed} of {order.number} back",
                   lambda: money.give_back(day.shop, order, amounts, session),
                   lambda: day.services.refund(order, amounts, who, session))  # fmt: skip


def reverse(day: Day) -> Steps:
    """Storno of a payment of which nothing went back yet, or of what went back."""
    order = day.confirmed(lambda o: bool(o.number) and bool(to_reverse(o)))
    if order is None:
        return
    payment, row = day.some(to_reverse(order))
    session = payment.session and day.shop.sessions.get(payment.session.till)
    who, beside = day.person("rover"), day.person("admin")
    yield Step("reverse", f"{who.name} reverses {row.amount} {row.method} of {order.number}",
               lambda: money.reverse(day.shop, payment, row, session),
               lambda: day.services.reverse(order, row.kind, row.method, row.amount, who, beside))  # fmt: skip


def to_reverse(order: Order) -> list[tuple[Payment, money.Entered]]:
    undone = {each.reverses for p in order.payments for each in p.rows if each.reverses}
    rows = [
        (p, row) for p in order.payments for row in p.rows if row.kind in ("deposit", "settlement", "refund", "credit")
    ]
    out = [(p, row) for p, row in rows if row.kind in ("refund", "credit") and row not in undone]
    into = [(p, row) for p, row in rows if row.kind in ("deposit", "settlement") and row not in undone]
    if out:
        return out if len(into) == 1 and len({id(row) for _p, row in into}) == 1 else []
    same = [(row.kind, row.method, row.amount) for _p, row in into]
    return [(p, row) for p, row in into if row.method != CARD and same.count((row.kind, row.method, row.amount)) == 1]


# ---- goods and changes -----------------------------------------------------------------------------------------------
def deliver(day: Day) -> Steps:
    order = day.confirmed(lambda o: bool(o.number) and o.status in UNDELIVERED)
    if order is None:
        return
    who, take = at_desk(day), acts_day.some_open(day, order)
    listed = ", ".join(f"{number} {line.article.name}" for line, number in take.items())
    stays = acts_day.answer(day) if rating.due(day.shop, order, list(take), day.shop.today) else ""
    hand = day.services.deliver if stays else day.hand("deliver")
    yield Step("deliver", f"{who.name} sends {listed} of {order.number} {stays}",
               lambda: desk.deliver(day.shop, order, take, stays), lambda: hand(order, take, who, stays),
               lambda slip, ref: setattr(slip, "ref", ref), lambda slip: compare.slip_of(slip))  # fmt: skip


def cancel_slip(day: Day) -> Steps:
    order = day.confirmed(lambda o: any(slip.number and not slip.cancelled for slip in o.slips))
    if order:
        slip, who = day.some([slip for slip in order.slips if slip.number and not slip.cancelled]), at_desk(day)
        yield Step("cancel_slip", f"{who.name} cancels {slip.number}", lambda: desk.cancel_slip(day.shop, order, slip),
                   lambda: day.services.cancel_slip(slip, who))  # fmt: skip


def cancel(day: Day) -> Steps:
    """All that is open, or some of it; money that is over goes back, now and then a cent too little."""
    order = day.confirmed(lambda o: bool(o.number) and o.status in UNDELIVERED and (not o.amendment or day.may(0.1)))
    if order is None:
        return
    who = day.person(day.dice.choice(("office", "rover")))
    yield from cancel_by(day, order, who, None if day.may(0.35) else acts_day.some_open(day, order))


def cancel_by(day: Day, order: Order, who: Person, pieces: dict[Line, Decimal] | None) -> Steps:
    chosen = {line: line.open for line in order.lines if line.open} if pieces is None else pieces
    for line, number in chosen.items():
        line.cancelled += number
    left_over = desk.over(order) if all(line.open >= 0 for line in chosen) else ZERO
    for line, number in chosen.items():
        line.cancelled -= number
    amounts, session = back_by(day, order, max(left_over - D("0.01"), ZERO) if day.may(0.04) else left_over)
    listed = "all" if pieces is None else ", ".join(f"{n} {line.article.name}" for line, n in pieces.items())
    back = ", ".join(f"{amount} {method}" for method, amount in amounts)
    yield Step("cancel", f"{who.name} cancels {listed} of {order.number}{f', {back} goes back' if back else ''}",
               lambda: desk.cancel(day.shop, order, pieces, amounts, session),
               lambda: day.services.cancel(order, pieces, amounts, who, session))  # fmt: skip


def undo_cancel(day: Day) -> Steps:
    today = day.shop.today
    order = day.confirmed(lambda o: bool(o.cancellations) and (o.cancellations[-1][0] == today or day.may(0.2)))
    if order:
        who = day.person("office")
        yield Step("undo_cancel", f"{who.name} takes the cancelling of {order.number} back",
                   lambda: desk.undo_cancel(day.shop, order), lambda: day.services.undo_cancel(order, who))  # fmt: skip
