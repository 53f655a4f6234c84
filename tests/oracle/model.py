"""The shop as the model sees it: who and what there is, and what an order, a payment and a paper are. EUR.

Written from the law, the manual and the decisions; it imports nothing of the product (test_model.py walks the imports).
`ref` is whom or what the product means by it, for the comparison alone: the model never reasons with it.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.sums import INCLUSIVE, ZERO, D, Exact, Key, Row, Rows, Totals, add_rows, price

CASH, CARD, BANK, ONLINE, CREDIT = "contant", "pin", "bank", "ideal", "tegoed"
AT_TILL, AT_DESK = {CASH, CARD, CREDIT}, {CASH, BANK, ONLINE, CREDIT}
DRAFT, CONFIRMED, DISCARDED = "draft", "confirmed", "discarded"
UNDELIVERED = {"open", "part_delivered", "part_cancelled"}
LIVE, DONE = UNDELIVERED | {"delivered"}, {"settled", "cancelled"}


class No(Exception):
    """The model refuses: why, in a few words."""


def refuse(unless: object, why: str) -> None:
    if not unless:
        raise No(why)


@dataclass(eq=False)
class Article:
    name: str
    price: Decimal  # including VAT
    code: str
    stocked: bool = True
    ref: int = 0


@dataclass(eq=False)
class Customer:
    name: str
    mode: str = ""  # of the customer's own; empty: the Soort's counts
    vat_id: str = ""
    blocked: bool = False
    credit: Decimal = ZERO
    ref: int = 0


@dataclass(eq=False)
class Person:
    """Who acts. ceiling: percent below the list price without asking; the rest: what one may."""

    name: str
    ceiling: int
    manages: bool = False  # overrides prices with a reason, gives money back, takes goods back without a receipt
    reverses: bool = False
    ref: int = 0


@dataclass(eq=False)
class Back:
    """What comes back by its receipt, decided when it is put on the basket. row is negative."""

    sold: "Line"
    source: "Order"
    key: Key
    row: Row


@dataclass(eq=False)
class Line:
    article: Article
    pieces: Decimal  # below zero: comes back
    price: Decimal  # as entered, per piece, in price_mode
    code: str
    percent: Decimal
    listed: Decimal = ZERO  # what the article cost including VAT when it was added
    price_mode: str = INCLUSIVE
    off_percent: Decimal = ZERO
    off_amount: Decimal = ZERO  # on the whole line, in off_mode
    off_mode: str = INCLUSIVE
    back: Back | None = None
    to_stock: bool = True
    delivered: Decimal = ZERO
    cancelled: Decimal = ZERO
    returned: Decimal = ZERO
    handled: bool = False  # a delivery points at it, if only one that was taken back
    # up to how many pieces and how deep below the list price (a fraction) it was allowed, beyond a ceiling for a reason
    allowed: tuple[Decimal, Exact] = (ZERO, ZERO)
    reason: str = ""
    ref: int = 0

    @property
    def open(self) -> Decimal:
        return self.pieces - self.cancelled - self.delivered


@dataclass(eq=False)
class Entered:
    """One movement of a payment. kind: as the ledger's (deposit, settlement, refund, credit, change, rounding).

    of: what it gives back of each earlier movement, EUR above zero.
    """

    kind: str
    method: str
    amount: Decimal
    reverses: "Entered | None" = None
    of: "list[tuple[Entered, Decimal]]" = field(default_factory=list)

    @property
    def parts(self) -> list[Decimal]:
        """The amounts that it is booked in: one per movement that it gives back, cash rounding on the largest."""
        if len(self.of) < 2:
            return [self.amount]
        parts = [-part for _source, part in self.of]
        parts[parts.index(min(parts))] += self.amount - sum(parts)
        return parts


@dataclass(eq=False)
class Payment:
    """What one request moved on an order. rows: its amounts; vat: what it carries per VAT code and percentage."""

    order: "Order"
    purpose: str
    day: date
    session: "Session | None"
    rows: list[Entered]
    vat: Rows
    undone: bool = False
    sequence: int = 0

    @property
    def amount(self) -> Decimal:
        return sum((row.amount for row in self.rows), ZERO)


@dataclass(eq=False)
class Slip:
    """A delivery on a packing slip, or over the counter (without a number)."""

    number: str
    pieces: dict[Line, Decimal]
    branch: str
    cancelled: bool = False
    ref: int = 0


@dataclass(eq=False)
class Session:
    """A till from opening to day close. safe: cash that was put in (above zero) or brought away."""

    till: str
    branch: str
    day: date
    float_amount: Decimal
    safe: list[tuple[str, Decimal]] = field(default_factory=list)
    closed: str = ""  # its Z number
    counted: Decimal = ZERO
    ref: int = 0


@dataclass(eq=False)
class Amendment:
    """The draft of an order that is being changed: its lines as they are to be; was: the line of the order."""

    by: Person
    draft: "Order"
    was: dict[Line, Line]
    version: int


@dataclass(eq=False)
class Order:
    branch: str
    channel: str  # till, desk
    day: date
    mode: str
    by: Person
    lines: list[Line] = field(default_factory=list)
    customer: Customer | None = None
    vat_id: str = ""
    off_percent: Decimal = ZERO
    off_amount: Decimal = ZERO
    off_mode: str = INCLUSIVE
    due: date | None = None  # by Maak order, or at a desk
    delivered_home: bool = False
    state: str = DRAFT
    sale: bool = False
    number: str = ""
    version: int = 0
    parked: bool = False
    payments: list[Payment] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    cancellations: list[tuple[date, dict[Line, Decimal]]] = field(default_factory=list)
    amendment: Amendment | None = None
    claimed: str = ""
    ref: int = 0

    @property
    def totals(self) -> Totals:
        return price(self)

    @property
    def gross(self) -> Decimal:
        return self.totals.gross

    @property
    def paid(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def left(self) -> Decimal:
        return self.gross - self.paid

    @property
    def held(self) -> Rows:
        """What is paid, per VAT code and percentage."""
        rows: Rows = {}
        for payment in self.payments:
            rows = add_rows(rows, payment.vat)
        return rows

    @property
    def payment_state(self) -> str:
        paid, gross = self.paid, self.gross
        if paid == gross and (gross or self.state == CONFIRMED):
            return "paid"
        return "part" if paid else "none"

    @property
    def status(self) -> str:
        """The word on the screen, first that fits (docs/decisions.md, 3)."""
        if self.state != CONFIRMED:
            return "draft"
        if all(line.cancelled == line.pieces for line in self.lines):
            return "cancelled"
        if all(not line.open for line in self.lines):
            return "settled" if self.payment_state == "paid" else "delivered"
        if any(line.delivered for line in self.lines):
            return "part_delivered"
        return "part_cancelled" if any(line.cancelled for line in self.lines) else "open"

    @property
    def goes_back(self) -> bool:
        return any(line.pieces < 0 for line in self.lines)

    @property
    def sells(self) -> bool:
        return any(line.pieces > 0 for line in self.lines)


@dataclass(eq=False)
class Paper:
    """A receipt as it was given out. lines: (article, pieces, amount); before: what had been paid; left: to pay."""

    number: str
    kind: str  # sale, order, payment
    till: str
    order: Order
    lines: list[tuple[str, Decimal, Decimal]]
    vat: Rows
    gross: Decimal
    paid: list[tuple[str, Decimal]]
    before: Decimal
    left: Decimal
    copies: int = 0
    ref: int = 0


@dataclass(eq=False)
class Shop:
    """Everything. rates: {VAT code: [(valid from, percent)]}; tills: {till: branch}; on: what lies on each counter."""

    today: date
    tills: dict[str, str]
    articles: list[Article]
    customers: list[Customer]
    people: dict[str, Person]
    rates: dict[str, list[tuple[date, Decimal]]]
    keeping: set[str] = field(default_factory=set)  # codes of which earlier orders keep the rate that they had
    codes: dict[str, str] = field(default_factory=dict)  # branch -> its code, for the numbers
    sessions: dict[str, Session] = field(default_factory=dict)  # the open one of each till
    closed: list[Session] = field(default_factory=list)
    on: dict[str, Order | None] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    on_hand: dict[tuple[str, Article], Decimal] = field(default_factory=dict)
    numbers: dict[tuple, int] = field(default_factory=dict)

    def percent(self, code: str, day: date) -> Decimal:
        return [percent for start, percent in self.rates[code] if start <= day][-1]

    def reserved(self) -> dict[tuple[str, Article], Decimal]:
        """What confirmed orders hold: what is open of lines that sell goods of which stock is kept."""
        held: dict[tuple[str, Article], Decimal] = {}
        for order in self.orders:
            if order.state == CONFIRMED:
                for line in order.lines:
                    if line.article.stocked and line.pieces > 0:
                        at = (order.branch, line.article)
                        held[at] = held.get(at, D(0)) + line.open
        return held

    def move(self, branch: str, line: Line, pieces: Decimal) -> None:
        """Goods of a line leave (above zero) or come in."""
        if line.article.stocked and line.to_stock:
            at = (branch, line.article)
            self.on_hand[at] = self.on_hand.get(at, D(0)) - pieces

    def take_number(self, *series: object) -> int:
        self.numbers[series] = self.numbers.get(series, 0) + 1
        return self.numbers[series]

    def day_at(self, till: str) -> date:
        """The business date of what is sold at a till: its session's, else today."""
        return self.sessions[till].day if till in self.sessions else self.today

    def rates_at(self, till: str, order: Order) -> date:
        """The day whose rates an article takes that is put on a basket: the session's, else the basket's own."""
        return self.sessions[till].day if till in self.sessions else order.day

    def returned_gross(self, order: Order) -> Decimal:
        """What was given back for goods of the order that came back by its receipt."""
        return -sum(
            (line.back.row.gross for each in self.orders if each.state == CONFIRMED
             for line in each.lines if line.back is not None and line.back.source is order), ZERO,
        )  # fmt: skip

    def can_give_back(self, order: Order) -> Decimal:
        return order.paid - self.returned_gross(order)

    def moving(self, sold: Line) -> list[tuple[Order, Line]]:
        """The return lines of a sold line: counted for good, or lying on a basket."""
        return [
            (order, line) for order in self.orders if order.state != DISCARDED
            for line in order.lines if line.back is not None and line.back.sold is sold
        ]  # fmt: skip
