"""What happens at a till: each act gives its steps, one after the other, as the day goes."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

from tests.oracle import compare, counter, prices
from tests.oracle.days import Day, Step
from tests.oracle.model import CARD, CASH, CREDIT, DRAFT, Line, Order, Paper, Person
from tests.oracle.sums import ZERO, D, five_cents, line_total, unit_price

Steps = Iterator[Step]


# ---- the basket ------------------------------------------------------------------------------------------------------
def begin(day: Day, till: str) -> Steps:
    """A basket on the counter, where none lies."""
    who = day.cashier(till)
    if day.shop.on[till] is None:
        yield Step(
            "begin", f"{till}: {who.name} begins a basket", lambda: counter.basket(day.shop, till, who),
            lambda: day.services.begin(till, who), lambda order, ref: setattr(order, "ref", ref),
        )  # fmt: skip


def free(day: Day) -> str | None:
    """A till where a basket lies, or nothing."""
    return day.till(lambda till: (on := day.shop.on[till]) is None or (on.state == DRAFT and on.due is None))


def put_on(day: Day, till: str, items: list, kind: str = "scan") -> Steps:
    order, who = counter.lying(day.shop, till), day.cashier(till)
    listed = ", ".join(f"{pieces} {article.name}" for article, pieces in items)
    hand = day.services.add if len(items) > 1 else day.hand("add")  # by its screen they go one by one

    def model() -> None:
        prices.add(day.shop, order, items, who, day.shop.rates_at(till, order))

    yield Step(kind, f"{till}: {who.name} adds {listed}", model, lambda: hand(order, items, who, till=till))


def scan(day: Day) -> Steps:
    till = free(day)
    if till is None:
        return
    yield from begin(day, till)
    yield from put_on(day, till, day.items())


def line_here(day: Day, fits=lambda line: line.pieces > 0) -> tuple[str, Order, Line] | None:
    found = [
        (till, on, line) for till in day.baskets() if (on := day.shop.on[till]) for line in on.lines if fits(line)
    ]  # fmt: skip
    return day.some(found)


def change_line(
    day: Day, kind: str, said: str, till: str, line: Line, values: dict, approver: str = "", reason: str = ""
) -> Steps:
    order, who, beside = counter.lying(day.shop, till), day.cashier(till), day.shop.people.get(approver)
    told = values | ({"reason": reason} if reason else {})

    def model() -> None:
        prices.set_line(
            order, line, who, pieces=values.get("quantity"), each=values.get("price"), off=values.get("discount"),
            reason=reason, approver=beside,
        )  # fmt: skip

    yield Step(kind, f"{till}: {who.name} {said} on {line.article.name}{f', {approver} beside' if approver else ''}",
               model, lambda: day.services.set_line(order, line, told, who, beside))  # fmt: skip


def quantity(day: Day) -> Steps:
    found = line_here(day, lambda line: line.pieces > 0 and not line.off_amount)
    if found:
        till, _order, line = found
        pieces = D(day.dice.choice((1, 2, 3, 4, 5, 10, 0)))
        yield from change_line(day, "quantity", f"types {pieces} pieces", till, line, {"quantity": pieces})


def second(day: Day, till: str, deep: bool) -> tuple[str, str]:
    """(who stands beside, the reason): a manager where it goes deep; now and then nobody."""
    if not deep or day.may(0.15):
        return "", ""
    return "" if day.cashier(till).manages else "manager", "Vlekje"


def price(day: Day) -> Steps:
    found = line_here(day)
    if found:
        till, order, line = found
        factor = day.dice.choice((100, 110, 95, 92, 60, 125))
        each = (unit_price(line, order.mode) * factor / 100).quantize(D("0.01"))
        approver, reason = second(day, till, factor < 90)
        yield from change_line(day, "price", f"types a price of {each}", till, line, {"price": each}, approver, reason)


def line_discount(day: Day) -> Steps:
    found = line_here(day)
    if found:
        till, order, line = found
        if day.may(0.3):
            most = line_total(line, order.mode, whole=True)
            off = ("amount", (most * day.dice.choice((3, 7, 50)) / 100).quantize(D("0.01")))
            deep = off[1] * 10 > most
        else:
            off = ("percent", D(day.dice.choice((0, 5, 8, 10, 10, 12, 25, 40, 100))))
            deep = off[1] > 9
        approver, reason = second(day, till, deep)
        yield from change_line(
            day, "line_discount", f"gives {off[1]} {off[0]} off", till, line, {"discount": off}, approver, reason
        )


def give_on_basket(day: Day, till: str, kind: str, value: Decimal, approver: str, reason: str, name: str) -> Steps:
    order, who, beside = counter.lying(day.shop, till), day.cashier(till), day.shop.people.get(approver)

    def model() -> None:
        prices.set_discount(order, who, **{kind: value}, reason=reason, approver=beside)

    yield Step(
        name, f"{till}: {who.name} gives {value} {kind} on the basket, {approver or 'nobody'} beside", model,
        lambda: day.services.discount(order, who, kind, value, reason, beside),
    )  # fmt: skip


def basket_discount(day: Day) -> Steps:
    till = day.some([t for t in day.baskets() if not day.shop.on[t].goes_back or day.may(0.1)])
    if till:
        order = counter.lying(day.shop, till)
        if day.may(0.4):
            kind, value = "amount", (order.totals.subtotal * day.dice.choice((2, 5, 20)) / 100).quantize(D("0.01"))
            deep = value * 12 > order.totals.subtotal
        else:
            kind, value = "percent", D(day.dice.choice((0, 0, 5, 10, 15, 25, 50)))
            deep = value > 9
        if value >= 0:
            approver, reason = second(day, till, deep)
            yield from give_on_basket(day, till, kind, value, approver, reason, "basket_discount")


def take_off(day: Day, till: str, line: Line) -> Steps:
    order, who = counter.lying(day.shop, till), day.cashier(till)
    hand = day.hand("remove")

    def bind(made: tuple, packed: object) -> None:
        day.packed[order.ref] = (made[0], made[1], packed)

    yield Step("remove", f"{till}: {who.name} takes {line.article.name} off", lambda: prices.remove(order, line, who),
               lambda: hand(order, line, who, till=till), bind)  # fmt: skip


def remove(day: Day) -> Steps:
    found = line_here(day, lambda _line: True)
    if found:
        till, _order, line = found
        yield from take_off(day, till, line)
        if day.last and day.may(0.6):
            yield from undo(day, till)


def undo(day: Day, till: str) -> Steps:
    """Ongedaan maken: the line that was taken off stands there again."""
    order, who = counter.lying(day.shop, till), day.cashier(till)
    place, line, packed = day.packed.pop(order.ref)
    hand = day.screens.restore if isinstance(packed, dict) else day.services.restore

    def model() -> None:
        line.ref = 0
        prices.restore(order, place, line, who)

    yield Step("restore", f"{till}: {who.name} puts {line.article.name} back", model,
               lambda: hand(order, packed, who, till=till))  # fmt: skip


def choose_customer(day: Day, till: str | None = None) -> Steps:
    till = till or free(day)
    if till is None:
        return
    yield from begin(day, till)
    who = day.cashier(till)
    customer = day.some(day.shop.customers) if day.may(0.75) else None
    order, hand = counter.lying(day.shop, till), day.hand("choose")
    yield Step("choose_customer", f"{till}: {who.name} chooses {customer.name if customer else 'nobody'}",
               lambda: counter.choose(order, customer, who), lambda: hand(till, customer, who))  # fmt: skip


def empty(day: Day) -> Steps:
    till = day.some(day.baskets())
    if till:
        who = day.cashier(till)
        yield Step("empty", f"{till}: {who.name} empties the basket", lambda: counter.empty(day.shop, till),
                   lambda: day.services.empty(till, who))  # fmt: skip


def park_at(day: Day, till: str) -> Steps:
    who = day.cashier(till)
    yield Step("park", f"{till}: {who.name} parks the basket", lambda: counter.park(day.shop, till),
               lambda: day.services.park(till, who))  # fmt: skip


def park(day: Day) -> Steps:
    till = day.some(day.baskets())
    if till:
        yield from park_at(day, till)


def resume(day: Day) -> Steps:
    parked = day.some([order for order in day.shop.orders if order.parked and order.state == DRAFT])
    if parked:
        till = day.till(lambda t: day.shop.tills[t] == parked.branch and day.shop.on[t] is None)
        if till:
            yield from resume_at(day, till, parked)


def resume_at(day: Day, till: str, parked: Order) -> Steps:
    who = day.cashier(till)
    yield Step("resume", f"{till}: {who.name} takes basket {parked.ref} up", lambda: counter.resume(
        day.shop, till, parked, who), lambda: day.services.resume(till, parked, who))  # fmt: skip


# ---- paying ----------------------------------------------------------------------------------------------------------
def ways_to_pay(day: Day, order: Order, left: Decimal) -> list[tuple[str, Decimal]]:
    """How a customer pays what is left: cash with change, card, both, or store credit first."""
    credit = order.customer.credit if order.customer else ZERO
    tenders: list[tuple[str, Decimal]] = []
    if left <= 0:
        return tenders
    if credit > 0 and day.may(0.6):
        spent = min(credit, left)
        tenders.append((CREDIT, spent))
        left -= spent
    if left and day.may(0.35):
        return [(CARD, left), *tenders]
    if left > 20 and day.may(0.2):
        part = day.euros(left - 10)
        tenders, left = [(CARD, part), *tenders], left - part
    if left:
        note = day.dice.choice((D(5), D(10), D(50)))
        tenders.append((CASH, left if day.may(0.4) else (left / note).to_integral_value(ROUND_CEILING) * note))
    return tenders


def ways_out(day: Day, order: Order, who: Person) -> tuple[list[tuple[str, Decimal]], str]:
    """How a till gives back, and who stands beside: as it was paid, or as store credit."""
    kinds = counter.ways_back(order)
    approver = "" if who.manages else "manager"
    can = [m for m in (CASH, CARD, CREDIT) if kinds is None or m in kinds]
    if not who.manages:
        can = [m for m in can if m == CREDIT or (m == CASH and -order.gross <= 50)]
    if order.customer is None:
        can = [m for m in can if m != CREDIT]
    if not can:
        return [], approver
    return [(day.dice.choice(can), order.gross)], approver


def check_out(day: Day, till: str | None = None) -> Steps:
    till = till or day.some([t for t in day.baskets() if t in day.shop.sessions or day.may(0.1)])
    if till is None:
        return
    order, who, approver = counter.lying(day.shop, till), day.cashier(till), ""
    now = order.gross if till not in day.shop.sessions else at_day_of_session(day, till)
    if now < 0:
        tenders, approver = ways_out(day, order, who)
        if not tenders:
            return
    else:
        tenders = ways_to_pay(day, order, now)
        if tenders and day.may(0.1) and now > 1:
            tenders = [(CASH, five_cents(now / 2))]
    if till not in day.shop.sessions or not whole(order):
        tenders = [(method, amount) for method, amount in tenders if method != CARD] or [(CASH, five_cents(now))]
    yield from pay(day, "check_out", till, tenders, {}, approver)


def whole(order: Order) -> bool:
    """Whether the basket can be sold: a card is not asked for one that will be refused."""
    blocked = order.customer is not None and order.customer.blocked
    ready = all(
        line.back is None or (line.back.source.payment_state == "paid") for line in order.lines
    )  # fmt: skip
    holds = order.vat_id and order.customer is not None and order.customer.vat_id
    return ready and not (order.sells and (blocked or (order.mode == "reverse_charge" and not holds)))


def at_day_of_session(day: Day, till: str) -> Decimal:
    """What the basket comes to at the rates of the till's day."""
    order = counter.lying(day.shop, till)
    kept, rates = order.day, [line.percent for line in order.lines]
    prices.redate(day.shop, order, day.shop.day_at(till))
    gross = order.gross
    order.day = kept
    for line, percent in zip(order.lines, rates, strict=True):
        line.percent = percent
    return gross


def pay(day: Day, kind: str, till: str, tenders: list, take: dict[Line, Decimal], approver: str = "") -> Steps:
    order, who, beside = counter.lying(day.shop, till), day.cashier(till), day.shop.people.get(approver)
    hand = day.hand("check_out")
    paid = ", ".join(f"{amount} {method}" for method, amount in tenders) or "nothing"
    taken = ", ".join(f"{number} {line.article.name}" for line, number in take.items())

    def model() -> Paper:
        return counter.check_out(day.shop, till, who, tenders, take=take, approver=beside)

    yield Step(
        kind, f"{till}: {who.name} settles {order.number or order.ref} with {paid}, {taken or 'nothing'} leaves",
        model, lambda: hand(till, order, who, tenders, take, beside), given_out, compare.receipt,
    )  # fmt: skip


def given_out(paper: Paper, ref: int) -> None:
    paper.ref = ref


# ---- what comes back -------------------------------------------------------------------------------------------------
def returnable(day: Day, order: Order) -> list[Line]:
    return [line for line in order.lines if line.pieces > 0 and counter.left_to_return(day.shop, line) > 0]


def reaches(day: Day, till: str, order: Order) -> bool:
    """Whether the cashier works at the order's branch."""
    return order.branch == day.shop.tills[till] or day.cashier(till).name == "rover"


def take_back(day: Day) -> Steps:
    till = free(day)
    if till is None:
        return
    paid = "paid" if day.may(0.93) else "part"
    source = day.confirmed(
        lambda order: order.payment_state == paid and bool(returnable(day, order)) and reaches(day, till, order)
    )
    if source is None:
        return
    yield from begin(day, till)
    chosen = day.dice.sample(returnable(day, source), 1)
    pieces = {}
    for line in chosen:
        most = int(counter.left_to_return(day.shop, line))
        pieces[line] = D(most + 1 if day.may(0.12) else day.dice.choice((1, day.dice.randint(1, most), most)))
    yield from bring(day, till, source, pieces)


def bring(day: Day, till: str, source: Order, pieces: dict[Line, Decimal]) -> Steps:
    who, order = day.cashier(till), counter.lying(day.shop, till)
    to_stock, hand = day.may(0.85), day.hand("take_back")
    code = source.number or next((p.number for p in day.shop.papers if p.order is source), "")
    listed = ", ".join(f"{number} {line.article.name}" for line, number in pieces.items())

    def model() -> list[Line]:
        return counter.take_back(day.shop, till, source, pieces, who, to_stock=to_stock)

    yield Step("take_back", f"{till}: {who.name} takes {listed} of {code} back", model,
               lambda: hand(till, order, source, pieces, who, to_stock, code))  # fmt: skip


def free_return(day: Day) -> Steps:
    found = line_here(day, lambda line: line.pieces > 0)
    if not found:
        return
    till, order, line = found
    who = day.cashier(till)
    if order.off_percent or order.off_amount:
        return
    beside = None if who.manages or day.may(0.15) else day.person("manager")
    yield Step("free_return", f"{till}: {who.name} takes {line.article.name} back without a receipt",
               lambda: counter.return_freely(order, line, who, beside),
               lambda: day.services.return_freely(order, line, who, beside))  # fmt: skip


# ---- orders at the till ----------------------------------------------------------------------------------------------
def reprint(day: Day) -> Steps:
    paper = day.some([paper for paper in day.shop.papers if paper.ref])
    if paper:
        who = day.cashier(paper.till)

        def model() -> Paper:
            paper.copies += 1
            return paper

        yield Step("reprint", f"{paper.till}: {who.name} prints {paper.number} again", model,
                   lambda: day.services.reprint(paper, who), also=compare.again)  # fmt: skip
