"""Wijzigen, and what shops ran into: short stories of a few steps, each with chance in it."""

from collections.abc import Iterator

from tests.oracle import acts_day, acts_desk, acts_till, counter, desk, money
from tests.oracle.days import Day, Step
from tests.oracle.model import BANK, CASH, CREDIT, LIVE, UNDELIVERED, Line, Order, Person
from tests.oracle.sums import D

Steps = Iterator[Step]


# ---- amendments ------------------------------------------------------------------------------------------------------
def begin(day: Day, order: Order, who: Person) -> Steps:
    yield Step("amend", f"{who.name} begins to change {order.number}", lambda: desk.amend(order, who),
               lambda: day.services.amend(order, who), lambda made, ref: setattr(made.draft, "ref", ref))  # fmt: skip


def change(day: Day, order: Order, who: Person) -> Steps:
    """More or fewer pieces, another price or discount, a line more or less."""
    amendment = order.amendment
    assert amendment is not None
    twin = amendment.draft
    what = day.dice.choice(("line", "line", "line", "add", "remove", "whole"))
    closed = any(was.returned for was in amendment.was.values())
    if what == "add":
        yield from acts_desk.put_on(day, twin, day.items(1), who)
    elif what == "whole":
        yield from acts_desk.change_whole(day, twin, who, "amend", closed=closed)
    elif what == "remove" and len(twin.lines) > 1:
        line = day.some(twin.lines)

        def model() -> None:
            desk.check_floor(amendment, line, D(0))
            desk.prices.remove(twin, line, who)

        yield Step("amend_remove", f"{who.name} takes {line.article.name} off", model,
                   lambda: day.services.delete(twin, line, who))  # fmt: skip
    elif what == "line":
        yield from acts_desk.change_line(day, twin, who, "amend", closed=closed)


def end(day: Day, order: Order) -> Steps:
    """Verkooporder bevestigen, money that is over going back; what is refused is dropped."""
    amendment = order.amendment
    assert amendment is not None
    who, twin = amendment.by, amendment.draft
    over = max(order.paid - max(twin.gross, D(0)), D(0))
    amounts, session = acts_desk.back_by(day, order, over)
    back = ", ".join(f"{amount} {method}" for method, amount in amounts) or "nothing"
    yield Step("amend_confirm", f"{who.name} confirms the change of {order.number}, {back} goes back",
               lambda: desk.confirm_amendment(day.shop, order, who, amounts, session),
               lambda: day.services.confirm_amendment(twin.ref, amounts, who, session))  # fmt: skip
    if not day.last:
        yield from drop(day, order)


def drop(day: Day, order: Order) -> Steps:
    amendment = order.amendment
    assert amendment is not None
    who, ref = amendment.by, amendment.draft.ref
    yield Step("amend_drop", f"{who.name} drops the change of {order.number}", lambda: desk.drop_amendment(order),
               lambda: day.services.drop_amendment(ref, who))  # fmt: skip


def amend(day: Day) -> Steps:
    order = day.confirmed(lambda o: bool(o.number) and o.status in LIVE and (o.amendment is None or day.may(0.05)))
    if order is None:
        return
    who = day.person(day.dice.choice(("office", "admin", "rover")))
    if desk.prices.deep(order, who):
        return
    yield from begin(day, order, who)
    if not day.last:
        return
    for _time in range(day.dice.randint(1, 2)):
        yield from change(day, order, who)
    if day.may(0.8):
        yield from end(day, order)


def amend_end(day: Day) -> Steps:
    order = day.confirmed(lambda o: o.amendment is not None)
    if order:
        yield from drop(day, order) if day.may(0.3) else end(day, order)


# ---- stories ---------------------------------------------------------------------------------------------------------
def sold(day: Day, till: str, least: int = 1) -> Steps:
    """Something is sold at the till to whoever comes."""
    yield from acts_till.begin(day, till)
    if day.may(0.6):
        yield from acts_till.choose_customer(day, till)
    article = day.some(day.shop.articles)
    yield from acts_till.put_on(day, till, [(article, D(day.dice.randint(least, 10)))])
    if day.last and day.may(0.25):
        yield from acts_till.give_on_basket(
            day, till, "percent", D(day.dice.choice((5, 10))), "", "", "basket_discount"
        )
    yield from acts_till.check_out(day, till)


def counter_free(day: Day) -> str | None:
    return day.till(lambda t: day.shop.on[t] is None and t in day.shop.sessions)


def back_by_and_by(day: Day) -> Steps:
    """What was sold comes back in parts, to whoever is chosen by then, until nothing is left of it."""
    till = counter_free(day)
    if till is None:
        return
    yield from sold(day, till, least=3)
    if day.shop.on[till] is not None or not day.shop.orders:
        return
    source = day.shop.papers[-1].order
    for _time in range(4):
        lines = [line for line in acts_till.returnable(day, source) if line.pieces > 0]
        if not lines or source.payment_state != "paid" or day.shop.on[till] is not None:
            return
        line: Line = day.some(lines)
        left = counter.left_to_return(day.shop, line)
        yield from acts_till.begin(day, till)
        yield from acts_till.bring(day, till, source, {line: min(D(day.dice.randint(1, 4)), left)})
        if day.may(0.4):
            yield from acts_till.choose_customer(day, till)
        yield from acts_till.check_out(day, till)


def blocked_since(day: Day) -> Steps:
    """Sold to somebody who is blocked, or lost the BTW-id, when it comes back."""
    till = counter_free(day)
    customers = [c for c in day.shop.customers if c.mode and not c.blocked and (c.mode != "reverse_charge" or c.vat_id)]
    if till is None or not customers:
        return
    customer, who = day.some(customers), day.cashier(till)
    yield from acts_till.begin(day, till)
    order = counter.lying(day.shop, till)
    yield Step("choose_customer", f"{till}: {who.name} chooses {customer.name}",
               lambda: counter.choose(order, customer, who),
               lambda: day.services.choose(till, customer, who))  # fmt: skip
    yield from acts_till.put_on(day, till, day.items(1))
    yield from acts_till.check_out(day, till)
    if day.shop.on[till] is not None:
        return
    what = "blocked" if day.may(0.5) else "vat_id"

    def model() -> None:
        customer.blocked, customer.vat_id = what == "blocked", customer.vat_id if what == "blocked" else ""

    yield Step("customer_changes", f"{customer.name} is blocked, or has no BTW-id any more", model,
               lambda: day.services.change_customer(customer))  # fmt: skip
    yield from acts_till.begin(day, till)
    yield from acts_till.bring(day, till, order, {order.lines[0]: D(1)})
    yield from acts_till.check_out(day, till)


def even_exchange(day: Day) -> Steps:
    """An article of 50,00 comes back and one of the same price at another rate is taken: nothing is to be paid."""
    till = counter_free(day)
    if till is None:
        return
    same = [article for article in day.shop.articles if article.price == 50]
    one, other = day.dice.sample(same, 2)
    yield from acts_till.begin(day, till)
    if day.may(0.3):
        yield from acts_till.choose_customer(day, till)
    yield from acts_till.put_on(day, till, [(one, D(1))])
    yield from acts_till.check_out(day, till)
    if day.shop.on[till] is not None:
        return
    source = day.shop.papers[-1].order
    yield from acts_till.begin(day, till)
    yield from acts_till.bring(day, till, source, {source.lines[0]: D(1)})
    yield from acts_till.put_on(day, till, [(other, D(1))], "exchange")
    yield from acts_till.check_out(day, till)


def ordered_and_back(day: Day) -> Steps:
    """An order is paid at the desk, delivered in part, some of it comes back at the till; then more is wanted of it."""
    who, customer = day.person("office"), day.some([c for c in day.shop.customers if not c.blocked])
    till = day.till(lambda t: day.shop.on[t] is None and day.shop.tills[t] == "Utrecht" and t in day.shop.sessions)
    if till is None or (customer.mode == "reverse_charge" and not customer.vat_id):
        return
    due = day.shop.today
    yield Step("draft", f"{who.name} begins an order in Utrecht for {customer.name}",
               lambda: desk.draft(day.shop, "Utrecht", who, customer, due),
               lambda: day.services.draft("Utrecht", who, customer, due, False),
               lambda order, ref: setattr(order, "ref", ref))  # fmt: skip
    order = day.shop.orders[-1]
    yield from acts_desk.put_on(day, order, [(day.some(day.shop.articles), D(3)), *day.items(1)], who)
    yield from acts_desk.confirm_by(day, order, who)
    paid = [(BANK, order.left)]
    yield Step("deposit", f"{who.name} takes {order.left} bank on {order.number}",
               lambda: money.deposit(day.shop, order, paid, None),
               lambda: day.services.deposit(order, paid, who, None))  # fmt: skip
    take = {line: D(day.dice.randint(1, int(line.open))) for line in order.lines[:1]}
    if day.may(0.4):
        take = {line: line.open for line in order.lines}
    yield Step("deliver", f"{who.name} sends some of {order.number}", lambda: desk.deliver(day.shop, order, take),
               lambda: day.services.deliver(order, take, who), lambda slip, ref: setattr(slip, "ref", ref))  # fmt: skip
    yield from acts_till.begin(day, till)
    yield from acts_till.bring(day, till, order, {order.lines[0]: D(1)})
    on = counter.lying(day.shop, till)
    if day.cashier(till).manages:
        given = [(CASH if day.may(0.5) else CREDIT, on.gross)]
        yield from acts_till.pay(day, "check_out", till, given, {})
    else:
        yield from acts_till.pay(day, "check_out", till, [(CREDIT, on.gross)], {})
    yield from wanted_more(day, order, who)


def wanted_more(day: Day, order: Order, who: Person) -> Steps:
    """All that was paid is asked back, or a line of which a piece came back is changed, or the rest is cancelled."""
    ask = day.dice.choice(("refund", "reverse", "amend", "amend", "amend", "cancel"))
    if order.status not in UNDELIVERED:
        ask = day.dice.choice(("refund", "reverse"))
    if ask == "refund":
        yield Step("refund", f"{who.name} gives {order.paid} bank of {order.number} back",
                   lambda: money.give_back(day.shop, order, [(BANK, order.paid)], None),
                   lambda: day.services.refund(order, [(BANK, order.paid)], who, None))  # fmt: skip
    elif ask == "reverse":
        payment, row, rover, admin = order.payments[0], order.payments[0].rows[0], *map(day.person, ("rover", "admin"))
        yield Step("reverse", f"rover reverses {row.amount} bank of {order.number}",
                   lambda: money.reverse(day.shop, payment, row, None),
                   lambda: day.services.reverse(order, row.kind, row.method, row.amount, rover, admin))  # fmt: skip
    elif ask == "amend":
        yield from begin(day, order, who)
        twin = order.amendment.draft  # type: ignore[union-attr]
        line = twin.lines[0]
        values = {"price": D("40.00"), "reason": "Afspraak"} if day.may(0.75) else {"quantity": line.pieces + 1}

        def model() -> None:
            desk.prices.set_line(twin, line, who, pieces=values.get("quantity"), each=values.get("price"),
                                 reason=values.get("reason", ""))  # fmt: skip

        yield Step("amend_closed", f"{who.name} sets {values} on {line.article.name}", model,
                   lambda: day.services.set_line(twin, line, values, who), either="price" in values)  # fmt: skip
        yield from end(day, order)
    else:
        yield from acts_desk.cancel_by(day, order, who, None)


def more_after_approval(day: Day) -> Steps:
    """A manager allows half off a basket; then more of it is scanned, or the number goes up."""
    till = counter_free(day)
    if till is None or day.cashier(till).manages:
        return
    yield from acts_till.begin(day, till)
    article = day.some(day.shop.articles)
    yield from acts_till.put_on(day, till, [(article, D(1))])
    order = counter.lying(day.shop, till)
    line = order.lines[0]
    if day.may(0.5):
        yield from acts_till.give_on_basket(day, till, "percent", D(50), "manager", "Vlekje", "basket_discount")
        yield from acts_till.put_on(day, till, [(article, D(day.dice.randint(1, 20)))], "more_after_approval")
    else:
        values = {"discount": ("percent", D(40))}
        yield from acts_till.change_line(
            day, "line_discount", "gives 40 percent off", till, line, values, "manager", "Vlekje"
        )
        more = {"quantity": line.pieces + 5}
        yield from acts_till.change_line(day, "more_after_approval", "types five pieces more", till, line, more)


def undo_after_discount(day: Day) -> Steps:
    """A line with a discount is taken off, the basket gets one, and the line is put back."""
    till = counter_free(day)
    if till is None:
        return
    yield from acts_till.begin(day, till)
    one, other = day.dice.sample(day.shop.articles, 2)
    yield from acts_till.put_on(day, till, [(one, D(1)), (other, D(2))])
    order = counter.lying(day.shop, till)
    if len(order.lines) < 2:
        return
    off = D(8 if day.cashier(till).ceiling == 10 else 25)
    line = order.lines[0]
    yield from acts_till.change_line(
        day, "line_discount", f"gives {off} percent off", till, line, {"discount": ("percent", off)}
    )
    yield from acts_till.take_off(day, till, line)
    yield from acts_till.give_on_basket(day, till, "percent", off, "", "", "basket_discount")
    yield from acts_till.undo(day, till)


def cancelled_and_fetched(day: Day) -> Steps:
    """Some of an order is cancelled at the desk, and what is left of it is paid and fetched at a till."""
    who, customer = day.person("office"), day.some([c for c in day.shop.customers if not c.blocked])
    till = day.till(lambda t: day.shop.on[t] is None and day.shop.tills[t] == "Utrecht" and t in day.shop.sessions)
    if till is None or (customer.mode == "reverse_charge" and not customer.vat_id):
        return
    due = day.shop.today
    yield Step("draft", f"{who.name} begins an order in Utrecht for {customer.name}",
               lambda: desk.draft(day.shop, "Utrecht", who, customer, due),
               lambda: day.services.draft("Utrecht", who, customer, due, False),
               lambda order, ref: setattr(order, "ref", ref))  # fmt: skip
    order = day.shop.orders[-1]
    yield from acts_desk.put_on(day, order, [(day.some(day.shop.articles), D(3)), *day.items(2)], who)
    yield from acts_desk.confirm_by(day, order, who)
    if not order.number or len(order.lines) < 2:
        return
    gone = {order.lines[0]: D(1)} | ({order.lines[-1]: order.lines[-1].open} if day.may(0.5) else {})
    yield from acts_desk.cancel_by(day, order, who, gone)
    if day.may(0.3):
        yield Step("undo_cancel", f"{who.name} takes the cancelling of {order.number} back",
                   lambda: desk.undo_cancel(day.shop, order), lambda: day.services.undo_cancel(order, who))  # fmt: skip
    cashier = day.cashier(till)
    yield Step("open_order", f"{till}: {cashier.name} opens {order.number}",
               lambda: counter.open_order(day.shop, till, order),
               lambda: day.services.open_order(till, order, cashier))  # fmt: skip
    take = {line: line.open for line in order.lines if line.open}
    yield from acts_till.pay(day, "settle", till, acts_day.part_of(day, order), take)
