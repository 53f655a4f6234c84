"""The till in the model: baskets, what comes back, paying, orders, and the day."""

from copy import copy
from decimal import Decimal
from fractions import Fraction

from tests.oracle import money, prices, rating
from tests.oracle.model import (
    AT_TILL,
    CASH,
    CONFIRMED,
    CREDIT,
    DISCARDED,
    DONE,
    DRAFT,
    LIVE,
    UNDELIVERED,
    Back,
    Customer,
    Line,
    Order,
    Paper,
    Person,
    Session,
    Shop,
    Slip,
    refuse,
)
from tests.oracle.sums import INCLUSIVE, REVERSE, ZERO, D, Row, cents, key_of, line_total, spread, vat_row


# ---- the basket -----------------------------------------------------------------------------------------------------
def basket(shop: Shop, till: str, who: Person) -> Order:
    """The basket on the counter, begun where there is none."""
    if shop.on.get(till) is None:
        made = Order(shop.tills[till], "till", shop.day_at(till), INCLUSIVE, who)
        shop.orders.append(made)
        shop.on[till] = made
    found = shop.on[till]
    assert found is not None
    return found


def lying(shop: Shop, till: str) -> Order:
    found = shop.on.get(till)
    refuse(found, "nothing lies there")
    assert found is not None
    return found


def choose(order: Order, customer: Customer | None, who: Person) -> None:
    """Whose it is: the mode follows, the customer's own or else the Soort's (including VAT)."""
    refuse(order.state == DRAFT, "whose it is was agreed")
    refuse(customer is None or not customer.blocked, "blocked")
    take_over(order, customer)
    order.mode = (customer.mode if customer else "") or INCLUSIVE
    prices.check(order, who)


def take_over(order: Order, customer: Customer | None) -> None:
    order.customer, order.vat_id = customer, customer.vat_id if customer else ""


def empty(shop: Shop, till: str) -> None:
    lying(shop, till).state = DISCARDED
    shop.on[till] = None


def park(shop: Shop, till: str) -> None:
    found = lying(shop, till)
    refuse(found.lines, "nothing is on it")
    found.parked, shop.on[till] = True, None


def resume(shop: Shop, till: str, order: Order, who: Person) -> None:
    on = shop.on.get(till)
    refuse(on is None or (on.state == DRAFT and not on.lines), "something lies there")
    refuse(order.parked and order.branch == shop.tills[till], "not parked here")
    if on is not None:
        on.state = DISCARDED
    order.parked, shop.on[till] = False, order
    prices.redate(shop, order, shop.day_at(till))
    prices.check(order, who)


# ---- what comes back ------------------------------------------------------------------------------------------------
def paid_for(order: Order) -> dict[Line, Row]:
    """What each sold line cost, every discount taken off: the parts of a VAT row add up to it, gross and VAT."""
    found: dict[Line, Row] = {}
    for key, row in order.totals.sold.items():
        lines = [line for line in order.lines if line.back is None and key_of(line, order.mode) == key]
        weights = [line_total(line, order.mode) for line in lines]
        if any(line.pieces < 0 for line in lines):  # goods without a receipt came in among them: each by itself
            found |= {line: vat_row(cost, key[1], order.mode) for line, cost in zip(lines, weights, strict=True)}
            continue
        for line, gross, vat in zip(lines, spread(row.gross, weights), spread(row.vat, weights), strict=True):
            found[line] = Row(gross - vat, vat)
    return found


def left_to_return(shop: Shop, sold: Line) -> Decimal:
    moving = shop.moving(sold)
    held = sum((-line.pieces for each, line in moving if each.state == DRAFT), D(0))
    return sold.delivered - sold.returned - held


def worth_back(shop: Shop, order: Order, sold: Line, pieces: Decimal) -> Row:
    """What so many pieces come back at (above zero): the last takes what is left; VAT follows the level."""
    paid = paid_for(order)[sold]
    given = Row()
    for _order, line in shop.moving(sold):
        assert line.back is not None
        given = given - line.back.row
    whole = sold.pieces - sold.cancelled
    back = sold.returned + sum((-line.pieces for each, line in shop.moving(sold) if each.state == DRAFT), D(0))
    left = paid.gross - given.gross
    gross = (
        left if back + pieces == whole else min(cents(Fraction(paid.gross) * Fraction(pieces) / Fraction(whole)), left)
    )
    level = given.gross + gross
    vat = (cents(Fraction(paid.vat) * Fraction(level) / Fraction(paid.gross)) if paid.gross else ZERO) - given.vat
    return Row(gross - vat, vat)


def take_back(
    shop: Shop, till: str, source: Order, pieces: dict[Line, Decimal], who: Person, *, to_stock: bool = True
) -> list[Line]:
    """Lines of a paid order come back on the basket, as they were sold, whoever is chosen."""
    order = basket(shop, till, who)
    refuse(source.state == CONFIRMED and source.payment_state == "paid", "not paid")
    refuse(order.channel == "till" and order.due is None and order.state == DRAFT, "not on an order")
    refuse(not order.off_percent and not order.off_amount, "a basket with a discount on the whole")
    refuse(pieces, "nothing comes back")
    made = []
    for sold, number in pieces.items():
        refuse(sold.pieces > 0 and number > 0, "not sold on it")
        refuse(number <= left_to_return(shop, sold), "more than may come back")
    for sold, number in pieces.items():
        row = worth_back(shop, source, sold, number)
        back = Back(sold, source, key_of(sold, source.mode), Row() - row)
        line = Line(sold.article, -number, D(0), sold.code, sold.percent, back=back, to_stock=to_stock)
        order.lines.append(line)
        made.append(line)
    if order.customer is None and source.customer is not None:
        take_over(order, source.customer)
        order.vat_id = source.vat_id
        order.mode = source.customer.mode or INCLUSIVE
    prices.check(order, who)
    return made


def return_freely(order: Order, line: Line, who: Person, approver: Person | None = None) -> None:
    """A line comes back in place of going out, without a receipt: a manager's word."""
    refuse((approver or who).manages, "only a manager")
    refuse(line.pieces > 0 and order.due is None, "not a line that is sold")
    refuse(not order.off_percent and not order.off_amount, "a basket with a discount on the whole")
    line.pieces = -line.pieces
    prices.check(order, who)


# ---- paying ---------------------------------------------------------------------------------------------------------
def check_out(
    shop: Shop,
    till: str,
    who: Person,
    tenders: money.Tenders,
    *,
    take: dict[Line, Decimal] | None = None,
    approver: Person | None = None,
) -> Paper:
    """Afrekenen: a basket is sold, an order that is being made is placed, an opened order is paid and handed over."""
    session = shop.sessions.get(till)
    refuse(session, "the till is closed")
    assert session is not None
    order = lying(shop, till)
    refuse(all(method in AT_TILL for method, _amount in tenders), "not at a till")
    before = order.paid
    if order.state == CONFIRMED:
        kind = "payment"
        settle(shop, order, session, tenders, take or {})
    elif order.due is not None:
        kind = "order"
        prices.redate(shop, order, session.day)
        place(shop, order, who)
        if tenders:
            money.check_credit(order, tenders)
            money.book(
                shop, order, "deposit", money.tendered(order.left, tenders, "deposit", change=True), session=session
            )
    else:
        kind = "sale"
        sell(shop, order, session, tenders, who, approver)
    shop.on[till] = None
    order.claimed = ""
    now = order.payments[-1].rows if tenders else []
    return paper(shop, till, order, kind, now, before)


def paper(shop: Shop, till: str, order: Order, kind: str, now: list, before: Decimal) -> Paper:
    """The receipt: what is on it now, never to change."""
    session = shop.sessions.get(till)
    year = (session.day if session else shop.today).year
    number = f"{shop.codes[shop.tills[till]]}{till[-1]}-{year}-{shop.take_number('receipt', till, year):06d}"
    shown = zip(order.lines, order.totals.lines, strict=True)
    lines = [
        (line.article.name, line.pieces - line.cancelled, total)
        for line, total in shown if line.pieces != line.cancelled
    ]  # fmt: skip
    paid = [(row.method or row.kind, row.amount) for row in now]
    made = Paper(number, kind, till, order, lines, order.totals.rows, order.gross, paid, before, order.left, order.mode)
    shop.papers.append(made)
    return made


def check_sold(order: Order, *, now: bool = False) -> None:
    """Who buys may not be blocked, and BTW verlegd asks a BTW-id; what only comes back was agreed before.

    now: sold and paid at once, so that the BTW-id must hold today; an order has that of the day it was made.
    """
    refuse(order.lines, "nothing is on it")
    if order.sells:
        refuse(order.customer is None or not order.customer.blocked, "blocked")
        holds = order.vat_id and (not now or (order.customer and order.customer.vat_id))
        refuse(order.mode != REVERSE or holds, "BTW verlegd without a BTW-id")


def sell(
    shop: Shop, order: Order, session: Session, tenders: money.Tenders, who: Person, approver: Person | None
) -> None:
    """Paid in full and taken along, at the day and the rates of the session."""
    check_sold(order, now=True)
    prices.redate(shop, order, session.day)
    prices.check(order, who)
    for line in order.lines:
        if line.back is not None:
            refuse(line.back.source.payment_state == "paid", "its order is not paid any more")
            refuse(line.back.sold.returned - line.pieces <= line.back.sold.delivered, "it came back already")
            moved = [each for of, each in shop.moving(line.back.sold) if of.state == CONFIRMED or of is order]
            given = sum((-each.back.row.gross for each in moved if each.back), ZERO)
            refuse(given <= paid_for(line.back.source)[line.back.sold].gross, "less was paid for it by now")
    if order.gross < 0:
        check_ways(order, tenders, who, approver)
    if tenders:
        purpose = "refund" if order.gross < 0 else "settlement"
        money.check_credit(order, [(m, a) for m, a in tenders if a > 0])
        if any(method == CREDIT for method, _amount in tenders):
            refuse(order.customer, "store credit of nobody")
        rows = money.tendered(order.gross, tenders, purpose, change=True)
        money.book(shop, order, purpose, rows, session=session)
    refuse(order.paid == order.gross, "not paid in full")
    money.exchange_of_nothing(shop, order, session)
    for line in order.lines:
        if line.back is not None:
            line.back.sold.returned -= line.pieces
        line.delivered = line.pieces
        shop.move(order.branch, line, line.pieces)
    order.state, order.sale, order.version = CONFIRMED, True, 1


def ways_back(order: Order) -> set[str] | None:
    """How money of a basket may go back: as its sales were paid, or as store credit. None: as one likes.

    As one likes without a receipt, and where nothing that it was paid by is there at a till.
    """
    backs = [line.back for line in order.lines if line.pieces < 0]
    if not backs or not all(backs):
        return None
    sources = {back.source for back in backs if back}
    paid = [(p.purpose, row) for each in sources for p in each.payments for row in p.rows]
    ways = {row.method for purpose, row in paid if row.kind == purpose and row.amount > 0} & AT_TILL
    return ways | {CREDIT} if ways else None


def check_ways(order: Order, tenders: money.Tenders, who: Person, approver: Person | None) -> None:
    """A seller gives EUR 50 in cash at most, with a manager beside; store credit is no money that goes out."""
    ways = ways_back(order)
    for method, _amount in tenders:
        refuse(ways is None or method in ways, "not as it was paid")
    out = [(method, -amount) for method, amount in tenders if method != CREDIT]
    if out and not who.manages:
        total = sum((amount for _method, amount in out), ZERO)
        refuse(total <= 50 and all(method == CASH for method, _amount in out), "more than a seller may give back")
        refuse(approver is not None and approver is not who and approver.manages, "a manager beside")


# ---- orders ---------------------------------------------------------------------------------------------------------
def place(shop: Shop, order: Order, who: Person) -> None:
    """A draft becomes an order: a number, and its goods are reserved."""
    check_sold(order)
    refuse(order.customer, "nobody's")
    refuse(order.due is not None, "no day")
    assert order.due is not None
    refuse(order.due >= (shop.today if order.channel == "till" else order.day), "the day is past")
    prices.check(order, who)
    year = order.day.year
    order.number = f"VO-{year}-{shop.take_number('VO', year):05d}"
    order.state, order.version = CONFIRMED, 1


def place_later(shop: Shop, till: str, who: Person) -> Paper:
    """Plaats order & Later afrekenen."""
    order = lying(shop, till)
    refuse(order.due is not None, "no day")
    prices.redate(shop, order, shop.day_at(till))
    place(shop, order, who)
    shop.on[till] = None
    return paper(shop, till, order, "order", [], ZERO)


def open_order(shop: Shop, till: str, order: Order) -> None:
    on = shop.on.get(till)
    refuse(on is None or (on.state == DRAFT and not on.lines), "something lies there")
    refuse(order.state == CONFIRMED and order.status not in DONE, "done")
    refuse(order.claimed in ("", till), "open at another till")
    if on is not None:
        on.state = DISCARDED
    order.claimed, shop.on[till] = till, order


def rate(shop: Shop, till: str, lines: list[Line], stays: str) -> None:
    """A rate changed since the opened order: which price stays of what is handed over now."""
    order, session = lying(shop, till), shop.sessions.get(till)
    refuse(session and order.state == CONFIRMED and order.status in UNDELIVERED, "nothing is handed over")
    assert session is not None
    rating.follow(shop, order, lines, session.day, stays, session)


def put_away(shop: Shop, till: str) -> None:
    lying(shop, till).claimed = ""
    shop.on[till] = None


def settle(shop: Shop, order: Order, session: Session, tenders: money.Tenders, take: dict[Line, Decimal]) -> None:
    """Pay what is paid, hand over what is taken. It is settled when nothing is left to pay or to take."""
    refuse(tenders or take, "neither paid nor taken")
    refuse(order.status in (LIVE if tenders else UNDELIVERED), "done")
    for line, pieces in take.items():
        refuse(0 < pieces <= line.open, "more than is open")
    refuse(not rating.due(shop, order, list(take), session.day), "which price stays is to be asked")
    if tenders:
        money.check_credit(order, tenders)
        rows = money.tendered(order.left, tenders, "deposit", change=True)
        everything = all(take.get(line, D(0)) == line.open for line in order.lines)
        closes = everything and sum((row.amount for row in rows), ZERO) == order.left
        purpose = "settlement" if closes else "deposit"
        for row in rows:
            row.kind = purpose if row.kind == "deposit" else row.kind
        money.book(shop, order, purpose, rows, session=session)
    if take:
        hand_over(shop, order, take, session.branch, slip=order.delivered_home)


def hand_over(shop: Shop, order: Order, take: dict[Line, Decimal], branch: str, *, slip: bool) -> Slip:
    """Goods leave, at a counter or on a packing slip; what was delivered never goes beyond what is open."""
    refuse(order.state == CONFIRMED and order.status in UNDELIVERED, "nothing is left to deliver")
    refuse(take, "nothing leaves")
    for line, pieces in take.items():
        refuse(0 < pieces <= line.open, "more than is open")
    number = f"PB-{shop.today.year}-{shop.take_number('PB', shop.today.year):05d}" if slip else ""
    made = Slip(number, copy(take), branch)
    order.slips.append(made)
    for line, pieces in take.items():
        line.delivered += pieces
        line.handled = True
        shop.move(branch, line, pieces)
    return made


# ---- the day --------------------------------------------------------------------------------------------------------
def open_till(shop: Shop, till: str, float_amount: Decimal) -> Session:
    refuse(till not in shop.sessions, "open already")
    made = Session(till, shop.tills[till], shop.today, float_amount)
    shop.sessions[till] = made
    order = shop.on.get(till)
    if order is not None and order.state == DRAFT:
        prices.redate(shop, order, made.day)
    return made


def close_till(shop: Shop, till: str, counted: Decimal, who: Person) -> Session:
    refuse(till in shop.sessions, "closed")
    session = shop.sessions[till]
    off = counted - money.drawer(shop, session)
    refuse(abs(off) <= 10 or who.manages, "a difference beyond EUR 10")
    year = session.day.year
    session.closed = f"{shop.codes[session.branch]}{till[-1]}-{year}-Z{shop.take_number('Z', till, year):05d}"
    session.counted = counted
    shop.closed.append(shop.sessions.pop(till))
    return session


def move_cash(shop: Shop, till: str, kind: str, amount: Decimal) -> None:
    session = shop.sessions[till]
    refuse(kind == "float" or amount <= money.drawer(shop, session), "not in the drawer")
    session.safe.append((kind, amount if kind == "float" else -amount))
