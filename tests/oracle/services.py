"""The product driven as its screens do it, by its services. What comes in are things of the model, by their refs."""

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from backoffice.core.errors import Stale
from backoffice.relations.models import Customer as CustomerRow
from payments.models import LedgerEntry, TillSession
from payments.services import cancelling, depositing, refunding, reversing, sessions, terminals
from pos.services import checking_out, day_close, day_open, make_order, printing, rates, refunds, seats
from sales.documents.models import PackingSlip
from sales.documents.services import packing
from sales.models import SalesOrder
from sales.services import amending, confirming, drafts, lines, returning, selling
from sales.services import cancelling as sales_cancelling
from tests.oracle.model import CARD, Customer, Line, Order, Paper, Person, Session, Slip
from tests.oracle.money import Tenders
from tests.oracle.sums import UNTAXED

REASON = "Proef"


class Services:
    """One method per thing that people do.

    twice: send it again with the same key, which must change nothing. done: the model expects it to be done.
    """

    def __init__(self, p: SimpleNamespace):
        self.p, self.twice, self.done = p, False, True

    def call(self, service: Callable[..., Any], who: Person, till: int = 0, **values: Any) -> Any:
        values |= {"employee": self.p.person[who.name], "key": uuid.uuid4()}
        try:
            answer = service(**values)
        except Stale as stale:
            if not (self.done and till and stale.fields):
                raise
            # the basket was of another day, and is priced anew: the screen shows it, and one presses again
            seats.follow_day(till_id=till, employee=self.p.person[who.name])
            answer = service(**values)
        if self.twice:
            again = service(**values)
            assert again.pk == answer.pk, f"{service.__name__} sent twice gave another answer"
        return answer

    def tenders(self, tenders: Tenders) -> list[tuple[int, Decimal]]:
        return [(self.p.method[name].pk, amount) for name, amount in tenders]

    def approver(self, approver: Person | None) -> dict[str, Any]:
        return {"approver": self.p.person[approver.name]} if approver else {}

    # ---- the basket --------------------------------------------------------------------------------------------------
    def begin(self, till: str, who: Person) -> int:
        return self.call(seats.begin, who, till_id=self.p.till[till].pk).order_id

    def add(self, order: Order, items: list, who: Person, till: str = "") -> None:
        pairs = [(article.ref, pieces) for article, pieces in items]
        on = TillSession.objects.filter(till=self.p.till[till], closed_at=None).first() if till else None
        self.call(lines.add, who, order_id=order.ref, items=pairs, on=on and on.business_date)

    def step(self, order: Order, line: Line, steps: int, who: Person) -> None:
        self.call(selling.step, who, order_id=order.ref, line_id=line.ref, steps=steps)

    def set_line(
        self,
        order: Order,
        line: Line,
        values: dict[str, Any],
        who: Person,
        approver: Person | None = None,
        **_where: Any,
    ) -> None:
        self.call(
            lines.set_line, who, order_id=order.ref, line_id=line.ref, revision=None, values=values,
            **self.approver(approver),
        )  # fmt: skip

    def discount(
        self, order: Order, who: Person, kind: str, value: Decimal, reason: str, approver: Person | None, **_where: Any
    ) -> None:
        self.call(
            drafts.set_discount, who, order_id=order.ref, reason=reason, **{kind: value}, **self.approver(approver)
        )

    def remove(self, order: Order, line: Line, who: Person, **_where: Any) -> Any:
        return self.call(selling.remove, who, order_id=order.ref, line_ids=[line.ref]).deleted

    def delete(self, order: Order, line: Line, who: Person) -> None:
        self.call(lines.delete, who, order_id=order.ref, line_ids=[line.ref])

    def restore(self, order: Order, packed: Any, who: Person, **_where: Any) -> None:
        self.call(lines.restore, who, order_id=order.ref, packed=packed)

    def choose(self, till: str, customer: Customer | None, who: Person) -> None:
        self.call(
            make_order.choose_customer,
            who,
            till_id=self.p.till[till].pk,
            customer_id=customer.ref if customer else None,
        )

    def empty(self, till: str, who: Person) -> None:
        self.call(seats.empty, who, till_id=self.p.till[till].pk)

    def park(self, till: str, who: Person) -> None:
        self.call(seats.park, who, till_id=self.p.till[till].pk, name="")

    def resume(self, till: str, order: Order, who: Person) -> None:
        self.call(seats.resume, who, till_id=self.p.till[till].pk, order_id=order.ref)

    def take_back(
        self,
        till: str,
        order: Order,
        source: Order,
        pieces: dict[Line, Decimal],
        who: Person,
        to_stock: bool,
        code: str,
    ) -> None:
        self.call(
            returning.take_back, who, order_id=order.ref, source_id=source.ref, reason=REASON, to_stock=to_stock,
            pieces={line.ref: number for line, number in pieces.items()},
        )  # fmt: skip

    def return_freely(self, order: Order, line: Line, who: Person, approver: Person | None) -> None:
        self.call(
            returning.take_back_free,
            who,
            order_id=order.ref,
            line_id=line.ref,
            reason=REASON,
            **self.approver(approver),
        )

    # ---- paying ------------------------------------------------------------------------------------------------------
    def check_out(
        self, till: str, order: Order, who: Person, tenders: Tenders, take: dict[Line, Decimal],
        approver: Person | None = None,
    ) -> int:  # fmt: skip
        """The terminal first, then everything in one go; the receipt's id."""
        self.pin(till, order, who, tenders)
        values = {"till_id": self.p.till[till].pk, "take": {line.ref: n for line, n in take.items()}}
        rest = self.tenders([(name, amount) for name, amount in tenders if name != CARD])
        till_id = self.p.till[till].pk
        return self.call(checking_out.check_out, who, till_id, tenders=rest, **values, **self.approver(approver)).pk

    def pin(self, till: str, order: Order, who: Person, tenders: Tenders) -> None:
        for name, amount in tenders:
            if name == CARD:
                session = TillSession.objects.get(till=self.p.till[till], closed_at=None)
                seats.follow_day(till_id=self.p.till[till].pk, employee=self.p.person[who.name])
                payment = refunds.start_pin(
                    order=SalesOrder.objects.get(pk=order.ref), session_id=session.pk, amount=amount,
                    method_id=self.p.method[CARD].pk, employee=self.p.person[who.name], key=uuid.uuid4(),
                    on=session.business_date,
                )  # fmt: skip
                asked = terminals.ask_terminal(payment_id=payment.pk, employee=self.p.person[who.name])
                assert asked.state == "approved", asked.state

    def make_order(self, order: Order, customer: Customer, due: datetime.date, home: bool, who: Person) -> None:
        """Maak order: whose it is, the day, and how it goes."""
        values = {
            "customer": customer.ref, "expected_delivery_date": due, "delivery_method": self.p.home[home].pk,
        }  # fmt: skip
        self.call(drafts.set_header, who, order_id=order.ref, revision=None, values=values)

    def place(self, till: str, who: Person) -> int:
        return self.call(make_order.place, who, self.p.till[till].pk, till_id=self.p.till[till].pk).pk

    def back_to_basket(self, order: Order, who: Person) -> None:
        self.call(make_order.back_to_basket, who, order_id=order.ref)

    def open_order(self, till: str, order: Order, who: Person) -> None:
        self.call(seats.open_order, who, till_id=self.p.till[till].pk, order_id=order.ref)

    def put_away(self, till: str, who: Person) -> None:
        self.call(seats.put_away, who, till_id=self.p.till[till].pk)

    def reprint(self, paper: Paper, who: Person) -> None:
        self.call(printing.reprint, who, receipt_id=paper.ref)

    # ---- the day -----------------------------------------------------------------------------------------------------
    def open_till(self, till: str, amount: Decimal, who: Person) -> int:
        return self.call(day_open.open_till, who, till_id=self.p.till[till].pk, float_amount=amount).pk

    def close_till(self, session: Session, counted: Decimal, who: Person) -> str:
        notes, left = {}, counted
        for value in sessions.DENOMINATIONS:
            notes[str(value)], left = int(left // value), left % value
        closed = self.call(
            day_close.close, who, session_id=session.ref, denominations=notes, reason="geteld"
        )  # fmt: skip
        return closed.z_number

    def move_cash(self, session: Session, kind: str, amount: Decimal, who: Person) -> None:
        self.call(sessions.move_cash, who, session_id=session.ref, amount=amount, reason=REASON, kind=kind)

    def change_customer(self, customer: Customer) -> None:
        """In Beheer: whether it is blocked, its BTW-id and its VAT mode, as the model has them now."""
        CustomerRow.objects.filter(pk=customer.ref).update(
            blocked=customer.blocked, vat_id=customer.vat_id, vat_mode=customer.mode
        )

    # ---- the desk ----------------------------------------------------------------------------------------------------
    def draft(self, branch: str, who: Person, customer: Customer | None, due: datetime.date, home: bool) -> int:
        order = self.call(
            drafts.create, who, branch_id=self.p.branch[branch].pk, customer_id=customer.ref if customer else None
        )
        values = {"expected_delivery_date": due, "delivery_method": self.p.home[home].pk}
        self.call(drafts.set_header, who, order_id=order.pk, revision=None, values=values)
        return order.pk

    def header(self, order: Order, customer: Customer | None, who: Person) -> None:
        values = {"customer": customer.ref if customer else None}
        self.call(drafts.set_header, who, order_id=order.ref, revision=None, values=values, sure=True)

    def mode(self, order: Order, mode: str, who: Person) -> None:
        more = {"reason": REASON} if mode in UNTAXED and MODE_ASKS else {}
        self.call(drafts.set_vat_mode, who, order_id=order.ref, vat_mode=mode, **more)

    def confirm(self, order: Order, who: Person) -> None:
        self.call(confirming.confirm, who, order_id=order.ref)

    def discard(self, order: Order, who: Person) -> None:
        self.call(drafts.discard, who, order_id=order.ref)

    def deposit(self, order: Order, tenders: Tenders, who: Person, session: Session | None) -> None:
        self.call(
            depositing.deposit, who, order_id=order.ref, tenders=self.tenders(tenders),
            session_id=session.ref if session else None,
        )  # fmt: skip

    def deliver(self, order: Order, take: dict[Line, Decimal], who: Person, stays: str = "") -> int:
        quantities = {line.ref: number for line, number in take.items()}
        return self.call(packing.create_slip, who, order_id=order.ref, quantities=quantities, price_stays=stays).pk

    def rate(self, till: str, lines_: list[Line], stays: str, who: Person) -> None:
        ids = [line.ref for line in lines_]
        self.call(rates.rate, who, till_id=self.p.till[till].pk, line_ids=ids, price_stays=stays)

    def cancel_slip(self, slip: Slip, who: Person) -> None:
        self.call(packing.cancel_slip, who, slip_id=PackingSlip.objects.get(number=slip.number).pk)

    def cancel(
        self, order: Order, pieces: dict[Line, Decimal] | None, amounts: Tenders, who: Person, session: Session | None
    ) -> None:
        self.call(
            cancelling.cancel, who, order_id=order.ref, amounts=self.tenders(amounts), reason=REASON,
            quantities=None if pieces is None else {line.ref: n for line, n in pieces.items()},
            session_id=session.ref if session else None,
        )  # fmt: skip

    def undo_cancel(self, order: Order, who: Person) -> None:
        self.call(sales_cancelling.undo_cancel, who, order_id=order.ref)

    def amend(self, order: Order, who: Person) -> int:
        return self.call(amending.amend, who, order_id=order.ref).pk

    def drop_amendment(self, draft: int, who: Person) -> None:
        self.call(amending.discard_amendment, who, order_id=draft)

    def confirm_amendment(self, draft: int, amounts: Tenders, who: Person, session: Session | None) -> None:
        self.call(
            cancelling.settle_amendment, who, order_id=draft, amounts=self.tenders(amounts), reason=REASON,
            session_id=session.ref if session else None,
        )  # fmt: skip

    def refund(self, order: Order, amounts: Tenders, who: Person, session: Session | None) -> None:
        self.call(
            refunding.refund, who, order_id=order.ref, amounts=self.tenders(amounts), reason=REASON,
            session_id=session.ref if session else None,
        )  # fmt: skip

    def reverse(self, order: Order, kind: str, method: str, amount: Decimal, who: Person, approver: Person) -> None:
        entry = LedgerEntry.objects.filter(
            order=order.ref, kind=kind, method=self.p.method[method], amount=amount, reversed_by=None
        ).latest("pk")  # fmt: skip
        self.call(reversing.reverse, who, entry_id=entry.pk, reason=REASON, **self.approver(approver))


MODE_ASKS = "reason" in drafts.set_vat_mode.__wrapped__.__code__.co_varnames
