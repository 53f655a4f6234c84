"""How money moves on an order in the model: payments and their VAT, change, cash rounding, giving back, tegoed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.model import (
    CASH,
    CONFIRMED,
    CREDIT,
    LIVE,
    Entered,
    Order,
    Payment,
    Session,
    Shop,
    refuse,
)
from tests.oracle.sums import ZERO, Key, Row, Rows, add_rows, cents, five_cents, in_order, spread, without_zeros

Tenders = Sequence[tuple[str, Decimal]]


# ---- the VAT of what is paid ----------------------------------------------------------------------------------------
def vat_at(row: Row, level: Decimal) -> Decimal:
    """The VAT in what is paid of a row: in proportion, and all of it when the row is paid."""
    if level == row.gross:
        return row.vat
    return cents(Fraction(row.vat) * Fraction(level) / Fraction(row.gross)) if row.gross else ZERO


def split(rows: Rows, held: Rows, amount: Decimal) -> Rows:
    """What a payment carries per row: in proportion to what is still open of each, back in proportion to what is held.

    What brings the order to its total closes every row, what brings it to nothing empties every row.
    """
    keys = in_order({**rows, **held})
    row, now = ({key: found.get(key, Row()) for key in keys} for found in (rows, held))
    total, paid = (sum((each.gross for each in found.values()), ZERO) for found in (row, now))
    if amount == total - paid:
        shares = [row[key].gross - now[key].gross for key in keys]
    elif amount == -paid:
        shares = [-now[key].gross for key in keys]
    elif total != paid and (amount > 0) == (total > paid):
        shares = spread(amount, [row[key].gross - now[key].gross for key in keys])
    else:
        shares = spread(amount, [now[key].gross for key in keys])
    return move(row, now, dict(zip(keys, shares, strict=True)))


def move(rows: Rows, held: Rows, shares: dict[Key, Decimal]) -> Rows:
    moved = {}
    for key, share in shares.items():
        vat = vat_at(rows[key], held[key].gross + share) - held[key].vat
        moved[key] = Row(share - vat, vat)
    return without_zeros(moved)


def re_split(rows: Rows, held: Rows) -> Rows:
    """What moves between rows so that each is closed where all is paid, or none holds more than its total."""
    keys = in_order({**rows, **held})
    row, now = ({key: found.get(key, Row()) for key in keys} for found in (rows, held))
    total, paid = (sum((each.gross for each in found.values()), ZERO) for found in (row, now))
    inside = all(min(ZERO, row[key].gross) <= now[key].gross <= max(ZERO, row[key].gross) for key in keys)
    if total != paid and inside:
        return {}
    goal = [row[key].gross for key in keys]
    if total != paid:
        goal = spread(paid, goal)
    return move(row, now, {key: level - now[key].gross for key, level in zip(keys, goal, strict=True)})


# ---- payments -------------------------------------------------------------------------------------------------------
def book(
    shop: Shop,
    order: Order,
    purpose: str,
    rows: list[Entered],
    *,
    session: Session | None = None,
    day: date | None = None,
) -> Payment:
    """Book what one request moves on an order; store credit follows."""
    due, vat = order.totals.rows, {}
    for amount in (amount for row in rows for amount in row.parts):
        vat = add_rows(vat, split(due, add_rows(order.held, vat), amount))
    vat = add_rows(vat, re_split(due, add_rows(order.held, vat)))
    made = Payment(order, purpose, day or (session.day if session else shop.today), session, rows, without_zeros(vat))
    made.sequence = len(shop.payments)
    order.payments.append(made)
    shop.payments.append(made)
    for row in rows:
        if row.method == CREDIT:
            assert order.customer is not None
            order.customer.credit -= row.amount
    return made


def follow(shop: Shop, order: Order, session: Session | None = None) -> None:
    """After a new total: what is paid stays within the VAT rows, by a payment of nothing."""
    if order.paid and (moved := re_split(order.totals.rows, order.held)):
        day = session.day if session else shop.today
        made = Payment(order, "re_split", day, session, [], moved, sequence=len(shop.payments))
        order.payments.append(made)
        shop.payments.append(made)


def tendered(left: Decimal, tenders: Tenders, purpose: str, *, change: bool) -> list[Entered]:
    """The rows that tenders make of an order with so much left to pay; refuses too much, and nothing.

    Cash is rounded to 5 cents on what the other methods leave; exactly what is left in cash means its rounded amount.
    """
    refuse(tenders, "nothing is paid")
    sign = -1 if left < 0 else 1
    rest, rows, cash = left * sign, [], None
    for method, amount in tenders:
        size = amount * sign
        if method == CASH:
            cash = size
            continue
        refuse(size > 0, "an amount above zero")
        rest -= size
        rows.append(Entered(purpose, method, amount))
    refuse(rest >= 0, "more than is left to pay")
    if cash is None:
        return rows
    due = five_cents(rest)
    given = due if cash == rest else cash
    refuse(given == five_cents(given), "cash goes by 5 cents")
    if given < due:
        refuse(given > 0, "an amount above zero")
        return [*rows, Entered(purpose, CASH, given * sign)]
    refuse(given == due or (change and sign > 0), "more than is left to pay")
    refuse(rest or given > due, "an amount above zero")
    rows += [Entered(purpose, CASH, given * sign)] if given else []
    rows += [Entered("change", CASH, due - given)] if given > due else []
    rows += [Entered("rounding", "", (rest - due) * sign)] if rest != due else []
    return rows


def check_credit(order: Order, tenders: Tenders) -> None:
    """Store credit is a customer's, and no more of it is spent than there is."""
    spent = sum((amount for method, amount in tenders if method == CREDIT), ZERO)
    if any(method == CREDIT for method, _amount in tenders):
        refuse(order.customer, "store credit of nobody")
        assert order.customer is not None
        refuse(order.customer.credit >= spent, "too little store credit")


def deposit(shop: Shop, order: Order, tenders: Tenders, session: Session | None) -> Payment:
    """Aanbetalen at the desk."""
    refuse(order.state == CONFIRMED and order.status in LIVE, "nothing is to be paid on it")
    refuse(order.payment_state != "paid" and order.gross > 0, "paid already")
    refuse(not order.goes_back, "a return is settled at the till")
    rows = tendered(order.left, tenders, "deposit", change=False)
    check_credit(order, tenders)
    cash = any(method == CASH for method, _amount in tenders)
    refuse(not cash or session, "cash without a drawer")
    return book(shop, order, "deposit", rows, session=session if cash else None)


def left_of(order: Order) -> dict[Entered, Decimal]:
    """What of each movement can be given back, oldest first; change and rounding belong to the cash they came with."""
    rows = [row for payment in order.payments for row in payment.rows]
    undone = {row.reverses for row in rows if row.reverses}
    left: dict[Entered, Decimal] = {}
    for payment in order.payments:
        counted = [row for row in payment.rows if row not in undone and not row.reverses]
        came = [row for row in counted if row.kind in ("deposit", "settlement")]
        cash = next((row for row in came if row.method == CASH), None)
        left |= {row: row.amount for row in came}
        for row in counted:
            if row.kind in ("change", "rounding") and payment.purpose != "refund":
                left[cash or row] = left.get(cash or row, ZERO) + row.amount
            for source, part in row.of:
                left[source] -= part
    return {row: amount for row, amount in left.items() if amount > 0}


def taken_of(left: dict[Entered, Decimal], method: str, amount: Decimal) -> list[tuple[Entered, Decimal]]:
    """What an amount gives back of each movement: of the same method first, then newest first."""
    found = []
    for source in sorted(reversed(left), key=lambda row: row.method != method):
        if part := min(left[source], amount):
            left[source] -= part
            amount -= part
            found.append((source, part))
    return found


def given_back(order: Order, amounts: Tenders) -> list[Entered]:
    """The rows of money that goes back: [(method, EUR above zero)]; cash rounds as it did coming in."""
    rows, left = [], left_of(order)
    for method, amount in amounts:
        refuse(amount > 0, "an amount above zero")
        out = five_cents(amount) if method == CASH else amount
        kind = "credit" if method == CREDIT else "refund"
        rows += [Entered(kind, method, -out, of=taken_of(left, method, amount))] if out else []
        rows += [Entered("rounding", "", out - amount)] if out != amount else []
    refuse(rows, "nothing goes back")
    return rows


def give_back(shop: Shop, order: Order, amounts: Tenders, session: Session | None) -> Payment:
    """Money of an order goes back, or becomes store credit: no more than is paid less what came back by its receipt."""
    rows = given_back(order, amounts)
    total = sum((amount for _method, amount in amounts), ZERO)
    refuse(total <= shop.can_give_back(order), "more than can be given back")
    cash = sum((amount for method, amount in amounts if method == CASH), ZERO)
    refuse(not cash or (session and cash <= drawer(shop, session)), "not in the drawer")
    if any(method == CREDIT for method, _amount in amounts):
        refuse(order.customer, "store credit of nobody")
    return book(shop, order, "refund", rows, session=session if cash else None)


def reverse(shop: Shop, payment: Payment, row: Entered, session: Session | None) -> Payment:
    """Storno of one amount of a payment, for cash with the change and rounding that came with it."""
    order = payment.order
    refuse(not any(each.reverses is row for p in order.payments for each in p.rows), "reversed already")
    with_it = [each for each in payment.rows if each.kind in ("change", "rounding")] if row.method == CASH else []
    rows = [Entered("reversal", each.method, -each.amount, each) for each in (row, *with_it)]
    total = sum((each.amount for each in rows), ZERO)
    refuse(min(ZERO, order.gross) <= order.paid + total <= max(ZERO, order.gross), "the order cannot bear it")
    if total < 0:
        refuse(-total <= shop.can_give_back(order), "more than can be given back")
    if row.method == CREDIT and row.amount < 0:
        assert order.customer is not None
        refuse(order.customer.credit >= -row.amount, "the store credit is spent")
    needs = row.method in (CASH, "pin")
    refuse(not needs or session, "the till is closed")
    return book(shop, order, payment.purpose, rows, session=session if needs else None)


# ---- the drawer -----------------------------------------------------------------------------------------------------
def drawer(shop: Shop, session: Session) -> Decimal:
    """What must lie in the drawer."""
    cash = sum(
        (row.amount for p in shop.payments if p.session is session for row in p.rows if row.method == CASH), ZERO
    )
    return session.float_amount + sum((amount for _kind, amount in session.safe), ZERO) + cash


def figures(shop: Shop, session: Session) -> dict[str, object]:
    """The X report: per method what came in and went out; turnover, deposits, what was given back, and the drawer."""
    here = [payment for payment in shop.payments if payment.session is session]
    methods: dict[str, list[Decimal]] = {}
    for row in (row for payment in here for row in payment.rows if row.method):
        into_out = methods.setdefault(row.method, [ZERO, ZERO])
        into_out[row.amount < 0] += row.amount

    def of(*purposes: str) -> Decimal:
        return sum((payment.amount for payment in here if payment.purpose in purposes), ZERO)

    set_off = ZERO
    for order in {payment.order for payment in here if payment.purpose == "settlement"}:
        settled = [p for p in order.payments if p.purpose == "settlement"]
        if settled[0].session is session:
            earlier = order.payments[: order.payments.index(settled[0])]
            set_off += sum((payment.amount for payment in earlier), ZERO)
    rounding = sum(
        (row.amount for p in here for row in p.rows if "rounding" in (row.kind, row.reverses and row.reverses.kind)),
        ZERO,
    )
    return {
        "methods": {name: (into, out) for name, (into, out) in methods.items()},
        "turnover": of("settlement") + set_off, "deposits": of("deposit"), "set_off": set_off,
        "refunded": of("refund"), "rounding": rounding,
        "float": session.float_amount + sum((a for kind, a in session.safe if kind == "float"), ZERO),
        "drops": sum((a for kind, a in session.safe if kind == "drop"), ZERO),
        "drawer": drawer(shop, session),
    }  # fmt: skip


def vat_of(payments: Sequence[Payment]) -> Rows:
    """VAT per code and percentage in what these payments took in and gave back."""
    rows: Rows = {}
    for payment in payments:
        rows = add_rows(rows, payment.vat)
    return without_zeros(rows)


def exchange_of_nothing(shop: Shop, order: Order, session: Session) -> None:
    """A basket that comes to nothing while its VAT rows do not: its VAT is booked in the till's session."""
    rows = without_zeros(order.totals.rows)
    if not order.gross and rows:
        made = Payment(order, "re_split", session.day, session, [], rows, sequence=len(shop.payments))
        order.payments.append(made)
        shop.payments.append(made)
