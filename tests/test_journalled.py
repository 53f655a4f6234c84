"""What the law asks of a journal, as one table: orders, payments, drawer, log-ins, price overrides, exports, set-up."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.core import chain, invariants
from backoffice.core.models import JournalEntry
from payments.services import cancelling, depositing, refunding, reversing, sessions
from pos.models import TillSeat
from pos.services import checking_out, seats
from sales.documents.services import exporting, mailing, packing, printing
from sales.services import amending, confirming, lines, selling
from tests import factories
from tests.payments import shop as money
from tests.pos import counter

pytestmark = pytest.mark.django_db
D = Decimal


def test_each_of_them_writes_its_entry_and_nothing_else_does(client, tmp_path):
    s = money.shop()
    office, manager, seller = s.office, s.manager, s.seller
    counter.register(s.till)
    TillSeat.objects.create(till=s.till, device_hash="")
    draft = factories.draft(employee=office, branch=s.branch, customer=s.customer, items=[(s.riem, 4)])
    pk, line, till = draft.pk, draft.all_lines[0], s.till.pk
    first = {"order_id": pk, "employee": office}

    def override():
        values = {"discount": ("percent", D(40)), "reason": "oud model"}
        lines.set_line(line_id=line.pk, revision=None, values=values, order_id=pk, employee=manager)

    def sell():
        seat = seats.begin(till_id=till, employee=seller)
        order = lines.add(order_id=seat.order_id, items=[(s.riem.pk, D(2)), (s.wit40.pk, D(1))], employee=seller)
        selling.remove(order_id=order.pk, line_ids=[order.all_lines[1].pk], employee=seller)
        checking_out.check_out(till_id=till, tenders=[(s.method.contant.pk, D("59.90"))], employee=seller)

    def amend():
        amendment = amending.amend(**first)
        lines.add(order_id=amendment.pk, items=[(s.riem.pk, D(1))], employee=office)
        amending.confirm_amendment(order_id=amendment.pk, employee=office)

    def drop():
        seat = seats.begin(till_id=till, employee=seller)
        lines.add(order_id=seat.order_id, items=[(s.riem.pk, D(1))], employee=seller)
        seats.empty(till_id=till, employee=seller)

    def post(where, **values):
        return client.post(reverse(where), {"key": str(uuid.uuid4()), **values})

    def export_journal():
        chain.export(s.branch, timezone.localdate(), timezone.localdate(), tmp_path / "journal", employee=s.admin)

    def log_in(password):
        client.post(reverse("login"), {"username": s.admin.email, "password": password})

    def entry(kind):
        return draft.entries.filter(kind=kind).latest("pk").pk

    bank, tegoed, session = s.method.bank.pk, s.method.tegoed.pk, {}
    table = [
        ("a draft alone", lambda: factories.draft(employee=office, branch=s.branch), []),
        ("a price override", override, ["sales.price_overridden"]),
        ("confirming", lambda: confirming.confirm(**first), ["sales.order.confirmed"]),
        ("amending", amend, ["sales.order.amended"]),
        ("a deposit", lambda: depositing.deposit(tenders=[(bank, D(20))], **first), ["payments.deposit.registered"]),
        ("reversing", lambda: reversing.reverse(entry_id=entry("deposit"), reason="fout", employee=manager),
         ["payments.entry.reversed"]),
        ("another", lambda: depositing.deposit(tenders=[(bank, D(30))], **first), ["payments.deposit.registered"]),
        ("refunding", lambda: refunding.refund(amounts=[(tegoed, D(5))], reason="te veel", **first),
         ["payments.refund.registered"]),
        ("delivering", lambda: packing.create_slip(quantities={line.pk: D(1)}, **first), ["sales.order.delivered"]),
        ("printing", lambda: printing.print_order(**first), ["documents.order.printed"]),
        ("mailing", lambda: mailing.queue_mail(kind="confirmation", recipient="a@b.nl", subject="x", body="x", **first),
         ["documents.mail.queued"]),
        ("an export of an order", lambda: exporting.export_order(form="csv", **first), ["documents.exported"]),
        ("an export of the list",
         lambda: exporting.export_list(query="", form="csv", employee=office, branch_id=s.branch.pk),
         ["documents.exported"]),
        ("cancelling", lambda: cancelling.cancel(amounts=[(tegoed, D("7.03"))], reason="klant", **first),
         ["sales.order.cancelled", "payments.refund.registered"]),
        ("opening the till", lambda: session.update(at=money.session(s)), ["payments.session.opened"]),
        ("a sale, and a line that is taken off", sell,
         ["till.line_removed", "payments.till.paid", "sales.order.confirmed", "sales.order.delivered", "till.receipt"]),
        ("a basket that is dropped", drop, ["till.basket_dropped"]),
        ("cash to the safe",
         lambda: sessions.move_cash(session_id=session["at"].pk, amount=D(50), reason="kluis", employee=seller),
         ["payments.session.drop"]),
        ("the day close",
         lambda: sessions.close_session(
             session_id=session["at"].pk, denominations={"50": 2}, reason="geteld", employee=manager),
         ["payments.session.closed"]),
        ("a wrong password", lambda: log_in("fout"), ["employee.login_failed"]),
        ("a log-in", lambda: log_in(factories.PASSWORD), ["employee.login"]),
        ("set-up: a method", lambda: post("payments:method_new", name="Cadeaubon", kind="bank", position="9"),
         ["setup.paymentmethod.created"]),
        ("set-up: a Soort", lambda: post(
            "sales:order_type_new", name="Op zicht", position="9", vat_mode="inclusive", deposit_percent="0"),
         ["setup.ordertype.created"]),
        ("the journal itself", export_journal, ["journal.exported"]),
        ("a log-out", lambda: client.post(reverse("logout")), ["employee.logout"]),
    ]  # fmt: skip
    for what, act, expected in table:
        before = JournalEntry.objects.count()
        act()
        made = JournalEntry.objects.order_by("pk")[before:]
        assert sorted(row.action for row in made) == sorted(expected), what
        assert all(row.employee_id for row in made if row.action != "employee.login_failed"), what
    assert invariants.breaches([9, 10]) == []
