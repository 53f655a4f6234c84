"""Orders at the till, the drawer, and what the day brings: opening, closing, midnight, customers who change."""

import datetime
from collections.abc import Iterator
from decimal import Decimal

from tests.oracle import acts_till, compare, counter, money, rating
from tests.oracle.days import AMSTERDAM, MORNING, Day, Step
from tests.oracle.house import VAT_ID
from tests.oracle.model import CASH, DONE, DRAFT, UNDELIVERED, Customer, Line, Order
from tests.oracle.sums import EXCLUSIVE, INCLUSIVE, NONE, REVERSE, ZERO, D, five_cents

Steps = Iterator[Step]


# ---- orders at the till ----------------------------------------------------------------------------------------------
def make_order(day: Day) -> Steps:
    """Maak order on a basket, and then Later afrekenen or Afrekenen en plaats order."""
    till = day.some([t for t in day.baskets() if not day.shop.on[t].goes_back])
    if till is None:
        return
    order, who, customer = counter.lying(day.shop, till), day.cashier(till), day.some(day.shop.customers)
    due, home = day.shop.today + datetime.timedelta(days=day.dice.randint(0, 9)), day.may(0.3)

    def model() -> None:
        counter.choose(order, customer, who)
        order.due, order.delivered_home = due, home

    yield Step("make_order", f"{till}: {who.name} makes an order for {customer.name}", model,
               lambda: day.services.make_order(order, customer, due, home, who))  # fmt: skip
    if not day.last:
        return
    if day.may(0.15):
        pass
    elif day.may(0.4) or till not in day.shop.sessions:
        yield Step("place_later", f"{till}: {who.name} places it, to be paid later",
                   lambda: counter.place_later(day.shop, till, who), lambda: day.services.place(till, who),
                   acts_till.given_out, compare.receipt)  # fmt: skip
    else:
        yield from acts_till.pay(day, "place_and_pay", till, part_of(day, order), {})
    if order.state == DRAFT:
        yield Step("back_to_basket", f"{till}: {who.name} makes it a basket again", lambda: back(order),
                   lambda: day.services.back_to_basket(order, who))  # fmt: skip


def back(order: Order) -> None:
    order.due, order.delivered_home = None, order.delivered_home


def part_of(day: Day, order: Order) -> list[tuple[str, Decimal]]:
    """What is paid on an order at the till: all of it, a part in cash or by card, or nothing."""
    if order.left <= 1 or day.may(0.3):
        return acts_till.ways_to_pay(day, order, order.left) if order.left > 0 else []
    if not acts_till.whole(order):
        return [(CASH, D(5))]
    part = order.left * day.dice.choice((20, 25, 50)) / 100
    return [(CASH, five_cents(part))] if day.may(0.5) and five_cents(part) else [("pin", part.quantize(D("0.01")))]


def open_order(day: Day) -> Steps:
    """Kies Order: on an empty counter; now and then one that is done, or open elsewhere."""
    till = day.till(lambda t: day.shop.on[t] is None)
    if till is None:
        return
    wrong = day.may(0.15)
    order = day.confirmed(
        lambda o: (
            bool(o.number)
            and acts_till.reaches(day, till, o)
            and wrong == (o.status in DONE or o.claimed not in ("", till))
        )
    )
    if order is None:
        return
    who = day.cashier(till)
    yield Step("open_order", f"{till}: {who.name} opens {order.number}",
               lambda: counter.open_order(day.shop, till, order),
               lambda: day.services.open_order(till, order, who))  # fmt: skip
    if day.last and day.may(0.75):
        yield from settle(day)


def settle(day: Day) -> Steps:
    """What lies opened on a counter is paid, in part or whole, and taken along, in part or whole."""
    till = day.till(lambda t: bool((on := day.shop.on[t]) and on.number and t in day.shop.sessions))
    if till is None:
        return
    order = counter.lying(day.shop, till)
    take = some_open(day, order) if day.may(0.75) else {}
    leaving = list(take)
    if rating.due(day.shop, order, leaving, day.shop.sessions[till].day):
        stays, who = answer(day), day.cashier(till)
        yield Step("rate", f"{till}: {who.name} says of {order.number} that {stays or 'nothing'} stays",
                   lambda: counter.rate(day.shop, till, leaving, stays),
                   lambda: day.services.rate(till, leaving, stays, who))  # fmt: skip
    tenders = part_of(day, order) if order.left > 0 and day.may(0.8) else []
    if rating.due(day.shop, order, leaving, day.shop.sessions[till].day):
        tenders = [(method, amount) for method, amount in tenders if method != "pin"]
    if any(number > line.open for line, number in take.items()) or order.status in DONE:
        tenders = [(method, amount) for method, amount in tenders if method != "pin"]
    if tenders or take:
        yield from acts_till.pay(day, "settle", till, tenders, take)


def answer(day: Day) -> str:
    """Which price stays where a VAT rate changed; now and then nobody says."""
    return day.dice.choice((INCLUSIVE, INCLUSIVE, EXCLUSIVE, "" if day.may(0.4) else INCLUSIVE))


def some_open(day: Day, order: Order) -> dict[Line, Decimal]:
    """What of an order leaves now: everything, or some pieces of some lines; now and then more than there is."""
    lines = [line for line in order.lines if line.open]
    if not lines or order.status not in UNDELIVERED:
        return {}
    if day.may(0.5):
        return {line: line.open for line in lines}
    chosen = day.dice.sample(lines, day.dice.randint(1, len(lines)))
    take = {line: D(day.dice.randint(1, int(line.open))) for line in chosen}
    if day.may(0.12):
        take[chosen[0]] = chosen[0].open + 1
    return take


def put_away(day: Day) -> Steps:
    till = day.till(lambda t: bool((on := day.shop.on[t]) and on.number))
    if till:
        who = day.cashier(till)
        yield Step("put_away", f"{till}: {who.name} puts the order away",
                   lambda: counter.put_away(day.shop, till), lambda: day.services.put_away(till, who))  # fmt: skip


# ---- the drawer ------------------------------------------------------------------------------------------------------
def open_till(day: Day) -> Steps:
    till = day.till(lambda t: t not in day.shop.sessions)
    if till:
        yield from open_at(day, till)


def open_at(day: Day, till: str) -> Steps:
    who, amount = day.cashier(till), D(day.dice.choice((0, 100, 150)))
    yield Step("open_till", f"{till}: {who.name} opens the till with {amount}",
               lambda: counter.open_till(day.shop, till, amount), lambda: day.services.open_till(till, amount, who),
               lambda session, ref: setattr(session, "ref", ref))  # fmt: skip


def close_till(day: Day) -> Steps:
    till = day.till(lambda t: t in day.shop.sessions)
    if till:
        yield from close_at(day, till, D(day.dice.choice((0, 0, 0, 2, -3, 12))))
        if day.last and day.may(0.8):
            yield from open_at(day, till)


def close_at(day: Day, till: str, off: Decimal) -> Steps:
    """The count, and what it is off."""
    session, who = day.shop.sessions[till], day.cashier(till)
    counted = max(money.drawer(day.shop, session) + off, ZERO)
    yield Step("close_till", f"{till}: {who.name} closes the till and counts {counted}",
               lambda: counter.close_till(day.shop, till, counted, who),
               lambda: day.services.close_till(session, counted, who),
               also=lambda closed: list(compare.session(day.shop, closed)))  # fmt: skip


def cash(day: Day) -> Steps:
    till = day.till(lambda t: t in day.shop.sessions)
    if till:
        session, who = day.shop.sessions[till], day.cashier(till)
        kind, amount = day.dice.choice(("drop", "float")), D(day.dice.choice((5, 20, 50)))
        yield Step("cash", f"{till}: {who.name} moves {amount} ({kind})",
                   lambda: counter.move_cash(day.shop, till, kind, amount),
                   lambda: day.services.move_cash(session, kind, amount, who))  # fmt: skip


# ---- what the day brings ---------------------------------------------------------------------------------------------
def next_morning(day: Day) -> Steps:
    """Night falls and it is the next day; tills that nobody closed are still open, with the day before."""
    tomorrow = day.shop.today + datetime.timedelta(days=1)
    when = datetime.datetime.combine(tomorrow, MORNING, AMSTERDAM)
    yield Step("midnight", f"it is {tomorrow}", lambda: setattr(day.shop, "today", tomorrow),
               lambda: day.time.move_to(when))  # fmt: skip


def midnight(day: Day) -> Steps:
    """Once or twice in a day of the tests; most tills are closed, and opened on the next day."""
    if sum(step == "midnight" for step in day.done.elements()) >= 2:
        return
    closing = [till for till in list(day.shop.sessions) if day.may(0.7)]
    for till in closing:
        yield from close_at(day, till, ZERO)
    yield from next_morning(day)
    for till in closing:
        yield from open_at(day, till)


def customer_changes(day: Day) -> Steps:
    """In Beheer: a customer is blocked or let go, loses a BTW-id or gets one, or another VAT mode."""
    customer: Customer = day.some(day.shop.customers)
    what = day.dice.choice(("blocked", "blocked", "vat_id", "mode"))

    def model() -> None:
        if what == "blocked":
            customer.blocked = not customer.blocked
        elif what == "vat_id":
            customer.vat_id = "" if customer.vat_id else VAT_ID
        else:
            customer.mode = mode

    mode = day.dice.choice(("", INCLUSIVE, EXCLUSIVE, EXCLUSIVE, NONE if customer.mode else "", REVERSE))
    if customer.blocked:
        what = "blocked"
    yield Step("customer_changes", f"{customer.name} changes: {what} {mode if what == 'mode' else ''}", model,
               lambda: day.services.change_customer(customer))  # fmt: skip


def overnight(day: Day) -> Steps:
    """A basket is parked before the night, and taken up and paid on the next day."""
    till = day.till(lambda t: (on := day.shop.on[t]) is None or (on.state == DRAFT and on.due is None))
    if till is None or day.done["midnight"] >= 2:
        return
    if not (on := day.shop.on[till]) or not on.lines:
        yield from acts_till.begin(day, till)
        yield from acts_till.put_on(day, till, day.items(2))
    if not day.last:
        return
    parked = counter.lying(day.shop, till)
    yield from acts_till.park_at(day, till)
    if till in day.shop.sessions:
        yield from close_at(day, till, ZERO)
    yield from next_morning(day)
    yield from open_at(day, till)
    yield from acts_till.resume_at(day, till, parked)
    if day.last:
        yield from acts_till.check_out(day, till)
