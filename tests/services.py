"""Every service with a call of it that works, in a shop where all of it can happen."""

import importlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from backoffice.core import keys
from backoffice.core.imports import job as imports
from backoffice.core.models import OutboxMessage
from backoffice.relations.services import two_factor
from backoffice.relations.services.employees import Secret
from payments.models import LedgerEntry, TerminalPayment
from payments.services import depositing, sessions, terminals
from pos.services import checking_out, layouts, seats
from sales.documents.models import ExportJob
from sales.documents.services import mailing, packing
from sales.services import amending, confirming, delivering, drafts, lines, matrix, selling
from tests import factories
from tests.payments import shop as money

D = Decimal
ROOT = Path(__file__).resolve().parents[1]
ADDRESS = {
    "kind": "invoice", "attention": "", "street": "Oudegracht", "house_number": "12", "addition": "",
    "postcode": "3511 AB", "city": "Utrecht", "country": "NL",
}  # fmt: skip
ELSEWHERE = {"name": "Anna", "attention": "", "street": "Dam 1", "city": "Amsterdam", "country": "NL"}
CUSTOMER = {
    "kind": "private", "company": "", "first_name": "Saar", "infix": "", "last_name": "Kuiper", "email": "s@example.nl",
    "phone": "0612345678", "kvk": "", "vat_id": "", "vat_mode": "inclusive", "note": "",
}  # fmt: skip
ARTICLE = {
    "number": "70001", "name": "Sjaal", "brand": "Kade", "group": "Dames > Sjaals", "vat_code": "high",
    "sales_price": D("19.95"), "active": True,
}  # fmt: skip

UPLOAD = {"kind": "articles", "file_name": "a.csv", "content": b"nummer;naam;prijs\n80001;Muts;12,50\n"}


def registered() -> dict:
    """The services by the name of their action, found by reading every module."""
    for path in sorted(ROOT.glob("*/**/*.py")):
        if path.parts[len(ROOT.parts)] in ("backoffice", "sales", "payments", "pos") and "@keyed(" in path.read_text():
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return {action: service for action, service in keys.SERVICES.items() if not service.__module__.startswith("tests")}


class World:
    """A shop in which every service has something to do. Orders are made anew for each that asks one."""

    def __init__(self):
        self.s = s = money.shop()
        s.till.printer_host = "127.0.0.1"
        s.till.save()
        self.other_till = factories.till(s.branch, 2, printer_host="127.0.0.1")
        self.session = money.session(s)
        self.chief = factories.employee("admin", None, name="Coen Chef")

    def draft(self):
        s = self.s
        items = [(s.riem, 4), (s.wit40, 2)]
        return factories.draft(employee=s.admin, branch=s.branch, customer=s.customer, items=items)

    def order(self, paid="0"):
        order = confirming.confirm(order_id=self.draft().pk, employee=self.s.admin)
        if D(paid):
            depositing.deposit(order_id=order.pk, tenders=[(self.s.method.bank.pk, D(paid))], employee=self.s.admin)
        return order

    def delivered(self):
        order = self.order()
        quantities = {order.all_lines[0].pk: D(1)}
        return order, packing.create_slip(order_id=order.pk, quantities=quantities, employee=self.s.admin)

    def amendment(self):
        amendment = amending.amend(order_id=self.order().pk, employee=self.s.admin)
        return lines.add(order_id=amendment.pk, items=[(self.s.riem.pk, D(1))], employee=self.s.admin)

    def basket(self):
        """It lies on the counter of the other till, which is open too."""
        s, till = self.s, self.other_till.pk
        if not self.other_till.sessions.exists():
            sessions.open_session(till_id=till, float_amount=D(50), employee=s.admin)
        seats.put(seats._claimed(self.other_till), None)
        seat = seats.begin(till_id=till, employee=s.admin)
        return lines.add(order_id=seat.order_id, items=[(s.riem.pk, D(2)), (s.wit40.pk, D(1))], employee=s.admin)

    def receipt(self):
        gross = self.basket().gross.amount
        tenders = [(self.s.method.contant.pk, gross)]
        return checking_out.check_out(till_id=self.other_till.pk, tenders=tenders, employee=self.s.admin)

    def counted(self):
        """A basket that Maak order gave a day."""
        order = self.basket()
        day = timezone.localdate() + timedelta(days=2)
        values = {"customer": self.s.customer.pk, "expected_delivery_date": day}
        return drafts.set_header(order_id=order.pk, revision=None, values=values, employee=self.s.admin)

    def on_counter(self):
        order = self.order()
        self.basket()
        seats.empty(till_id=self.other_till.pk, employee=self.s.admin)
        seats.open_order(till_id=self.other_till.pk, order_id=order.pk, employee=self.s.admin)
        return order

    def approved(self):
        """What the terminal approved and nobody booked."""
        order = self.order()
        return TerminalPayment.objects.create(
            session=self.session, order=order, method=self.s.method.pin, employee=self.s.admin,
            amount=order.gross.amount, state=TerminalPayment.State.APPROVED,
        )  # fmt: skip

    def suspense(self):
        payment = terminals.to_suspense(payment_id=self.approved().pk, employee=self.s.admin, reason="weg")
        return LedgerEntry.objects.get(kind="suspense", pk=payment.entry_id)

    def mail(self):
        return mailing.queue_mail(
            order_id=self.order().pk, kind="confirmation", recipient="a@example.nl", subject="Uw order", body="Dag.",
            employee=self.s.admin,
        )  # fmt: skip

    def layout(self):
        layout = layouts.create(name=keys.new_key()[:20], employee=self.s.admin)
        return {"layout_id": layout.pk}, layout.pages.get()

    def upload(self):
        return imports.upload(employee=self.s.admin, **UPLOAD)

    def read_file(self):
        made = self.upload()
        imports.read(str(made.pk))
        return made

    def calls(self) -> dict:
        """{action: what gives the arguments}, each with the employee s.admin unless it says another."""
        s, d = self.s, self.draft
        bank, cash, card = s.method.bank.pk, s.method.contant.pk, s.method.pin.pk
        first = lambda order: order.all_lines[0].pk  # noqa: E731
        one = lambda order, **more: {"order_id": order.pk, **more}  # noqa: E731
        line = lambda order, **more: one(order, line_id=first(order), **more)  # noqa: E731
        at = {"till_id": self.other_till.pk}

        def till(made, **more):
            made()
            return at | more

        def paged(**more):
            layout, page = self.layout()
            return layout | {"page_id": page.pk} | more

        def article(**more):
            return {"article_id": s.shirt.pk, "branch_id": s.branch.pk, **more}

        def two_step():
            two_factor.begin(employee=s.seller)
            return {"employee": self.chief, "employee_id": s.seller.pk}

        def cancelled():
            from sales.services import cancelling

            return one(cancelling.cancel(order_id=self.order().pk, employee=s.admin))

        def quotation():
            order = self.draft()
            kind = factories.order_type("Offerte", quotation=True)
            drafts.set_header(order_id=order.pk, revision=None, values={"order_type": kind.pk}, employee=s.admin)
            return one(confirming.confirm(order_id=order.pk, employee=s.admin))

        def handed():
            order = self.order()
            kind = {"kind": "hand_over", "branch_id": s.branch.pk, "employee": s.admin}
            made = delivering.deliver(order_id=order.pk, quantities={first(order): D(1)}, **kind)
            return {"delivery_id": made.pk}

        def less():
            order = self.order("150.00")
            amendment = amending.amend(order_id=order.pk, employee=s.admin)
            values = {"line_id": first(amendment), "revision": None, "values": {"quantity": D(1)}}
            lines.set_line(order_id=amendment.pk, employee=s.admin, **values)
            amendment.refresh_from_db()
            return one(amendment, amounts=[(bank, D("150.00") - amendment.gross.amount)], reason="minder")

        def entry():
            return self.order("20.00").entries.get(kind="deposit")

        def unpack():
            order = d()
            packed = lines.delete(order_id=order.pk, line_ids=[first(order)], employee=s.admin).deleted
            return one(order, packed=packed)

        def back():
            sold = self.receipt().order
            return one(self.basket(), source_id=sold.pk, pieces={sold.lines.first().pk: D(1)}, reason="te klein")

        def parked():
            order = self.basket()
            seats.park(till_id=self.other_till.pk, name="Tas", employee=s.admin)
            return order

        def late():
            payment = self.approved()
            state = TerminalPayment.objects.filter(pk=payment.pk)
            state.update(state=TerminalPayment.State.WAITING)
            sessions.close_session(
                session_id=self.session.pk, denominations={"100.00": 1}, employee=s.admin, force=True
            )
            money.session(s)
            state.update(state=TerminalPayment.State.APPROVED)
            return {"payment_id": payment.pk}

        def amended():
            self.on_counter()
            from pos.services import amending as at_till

            at_till.amend(till_id=self.other_till.pk, employee=s.admin)
            return at

        def closed():
            sessions.close_session(session_id=self.session.pk, denominations={"100.00": 1}, employee=s.admin)
            return {"session_id": self.session.pk}

        def shut():
            """A till that is closed, with somebody on its seat."""
            till = factories.till(s.branch, 4)
            seats._claimed(till)
            return till.pk

        def failed():
            message = self.mail().message
            OutboxMessage.objects.filter(pk=message.pk).update(status="failed")
            return message

        def exporting_job():
            return ExportJob.objects.create(format="csv", rows_total=1, employee=s.admin)

        header = {"customer": s.customer.pk, "subject": "Voor Anna", "note": "Bel eerst", "reference": "PO 4"}
        return {
            "catalog.article.save": lambda: {"values": ARTICLE},
            "catalog.barcode.link": lambda: {"variant_id": s.riem.pk, "code": "LOS-1"},
            "catalog.colour.move": lambda: {"branch_id": s.branch.pk, "colour_id": s.wit40.colour_id, "steps": 1},
            "catalog.size_range.save": lambda: {"branch_id": s.branch.pk, "name": "Kind", "labels": ["92", "98"]},
            "catalog.stock.correct": lambda: article(variant_id=s.wit40.pk, quantity=D(3), reason="gevonden"),
            "catalog.stock.count": lambda: article(counted={s.wit40.pk: D(3)}, seen={s.wit40.pk: D(0)}),
            "catalog.variant.add": lambda: {
                "article_id": s.shirt.pk, "colour_id": s.wit40.colour_id, "size_id": s.wit40.size_id,
            },
            "catalog.variant.set": lambda: {
                "variant_id": s.riem.pk, "codes": ["LOS-2"], "own_price": D("9.95"), "active": True,
            },
            "core.import.started": lambda: {"job_id": self.read_file().pk},
            "core.import.stopped": lambda: {"job_id": self.upload().pk},
            "core.import.uploaded": lambda: UPLOAD,
            "documents.export.stop": lambda: {"job_id": str(exporting_job().pk)},
            "documents.list.export": lambda: {"query": "status=open", "form": "csv", "branch_id": s.branch.pk},
            "documents.mail.queue": lambda: one(
                self.order(), kind="confirmation", recipient="a@example.nl", subject="Uw order", body="Dag."
            ),
            "documents.mail.retry": lambda: {"mail_id": self.mail().pk},
            "documents.mail_text.save": lambda: {
                "kind": "confirmation", "subject": "Order", "body": "Dag.", "branch_id": s.branch.pk,
            },
            "documents.order.export": lambda: one(self.order(), form="csv"),
            "documents.order.print": lambda: one(self.order()),
            "documents.paper.start": lambda: {"query": f"order={self.order().pk}", "branch_id": s.branch.pk},
            "documents.papers.start": lambda: {"order_ids": [self.order().pk], "branch_id": s.branch.pk},
            "documents.slip.cancel": lambda: {"slip_id": self.delivered()[1].pk},
            "documents.slip.create": lambda: (
                lambda o: one(o, quantities={first(o): D(1)}, address=ELSEWHERE, note="Bel aan")
            )(self.order()),
            "documents.slip.print": lambda: {"slip_id": self.delivered()[1].pk},
            "documents.table.start": lambda: {"query": "orders status=open", "form": "csv", "branch_id": s.branch.pk},
            "employee.login": lambda: {"branch_id": s.branch.pk},
            "employee.logout": lambda: {"branch_id": s.branch.pk},
            "operator.retry": lambda: {"message_id": failed().pk},
            "payments.cancel": lambda: one(self.order("20.00"), amounts=[(bank, D(20))], reason="weg"),
            "payments.deposit": lambda: one(self.order(), tenders=[(bank, D(20))], seen_paid=D(0)),
            "payments.receipt.print": lambda: (lambda e: {"order_id": e.order_id, "group": e.group})(entry()),
            "payments.refund": lambda: one(self.order("20.00"), amounts=[(bank, D(5))], reason="te veel"),
            "payments.reverse": lambda: {"entry_id": entry().pk, "reason": "fout"},
            "payments.session.cash": lambda: {"session_id": self.session.pk, "amount": D(10), "reason": "kluis"},
            "payments.session.close": lambda: {
                "session_id": self.session.pk, "denominations": {"100.00": 1}, "reason": "",
            },
            "payments.session.open": lambda: {"till_id": factories.till(s.branch, 3).pk, "float_amount": D(50)},
            "payments.settle_amendment": less,
            "payments.suspense.assign": lambda: {"entry_id": self.suspense().pk, "order_id": self.order().pk},
            "payments.suspense.return": lambda: {"entry_id": self.suspense().pk, "method_id": bank, "reason": "weg"},
            "payments.terminal.late": late,
            "payments.terminal.start": lambda: one(
                self.order(), session_id=self.session.pk, amount=D(20), method_id=card
            ),
            "payments.terminal.suspense": lambda: {"payment_id": self.approved().pk, "reason": "klant is weg"},
            "pos.amend": lambda: till(self.on_counter),
            "pos.back_to_basket": lambda: one(self.counted()),
            "pos.begin": lambda: till(self.basket),
            "pos.check_out": lambda: till(self.basket, tenders=[(cash, D(200))]),
            "pos.choose_customer": lambda: till(self.basket, customer_id=s.customer.pk),
            "pos.close": lambda: {"session_id": self.session.pk, "denominations": {"100.00": 1}, "reason": ""},
            "pos.confirm_amendment": amended,
            "pos.discard_amendment": amended,
            "pos.drawer": lambda: at | {"reason": "wisselgeld"},
            "pos.empty": lambda: till(self.basket),
            "pos.layout.buttons": lambda: self.layout()[0] | {
                "rows": [{"name": "search", "place": layouts_place(), "colour": 0}],
            },
            "pos.layout.create": lambda: {"name": "Zomer"},
            "pos.layout.key": lambda: paged(
                row=0, column=0, choice=("article", s.belt.pk), label="Riem", tint=1
            ),
            "pos.layout.page_add": lambda: self.layout()[0] | {"name": "Blad 2"},
            "pos.layout.page_change": lambda: paged(name="Winter", steps=1, drop=False),
            "pos.layout.tills": lambda: self.layout()[0] | {"name": "Herfst", "till_ids": [s.till.pk]},
            "pos.follow_day": lambda: till(self.basket),
            "pos.lock": lambda: till(self.basket),
            "pos.mail_receipt": lambda: {
                "receipt_id": self.receipt().pk, "recipient": "a@example.nl", "request": "k1",
            },
            "pos.new_customer": lambda: one(self.basket(), values=CUSTOMER, addresses=[ADDRESS], confirmed=True),
            "pos.open_order": lambda: till(lambda: self.receipt(), order_id=self.order().pk),
            "pos.open_till": lambda: {"till_id": shut(), "float_amount": D(50)},
            "pos.park": lambda: till(self.basket, name="Tas"),
            "pos.place": lambda: till(self.counted),
            "pos.put_away": lambda: till(self.on_counter),
            "pos.rate": lambda: (lambda o: at | {
                "line_ids": [first(o)], "price_stays": "inclusive", "seen_total": o.gross.amount,
            })(self.on_counter()),
            "pos.report_again": closed,
            "pos.reprint": lambda: {"receipt_id": self.receipt().pk},
            "pos.resume": lambda: at | {"order_id": parked().pk},
            "profile.password": lambda: {
                "present": Secret(factories.PASSWORD), "new": Secret("Regenjas-op-dinsdag-9"),
            },
            "profile.pin": lambda: {"present": Secret(factories.PASSWORD), "pin": Secret("4821")},
            "relations.customer.anonymise": lambda: {"customer_id": factories.customer("Weg").pk},
            "relations.customer.change": lambda: (
                lambda c: {"customer_id": c.pk, "revision": c.revision, "values": CUSTOMER, "addresses": [ADDRESS]}
            )(factories.customer("Oud")),
            "relations.customer.create": lambda: {"values": CUSTOMER, "addresses": [ADDRESS], "confirmed": True},
            "relations.preferences.scan_prefix": lambda: {"prefix": "F9"},
            "sales.amendment.confirm": lambda: one(self.amendment()),
            "sales.amendment.discard": lambda: one(self.amendment()),
            "sales.amendment.take_delivered": lambda: one(self.amendment()),
            "sales.delivery.cancel": handed,
            "sales.lines.add": lambda: one(d(), items=[(s.wit42.pk, D(2))]),
            "sales.lines.add_text": lambda: one(d(), text="Graag inpakken"),
            "sales.lines.copy": lambda: line(d()),
            "sales.lines.delete": lambda: (lambda o: one(o, line_ids=[first(o)]))(d()),
            "sales.lines.link_code": lambda: one(d(), code="LOS-3", variant_id=s.wit42.pk, quantity=D(2)),
            "sales.lines.move": lambda: line(d(), steps=1),
            "sales.lines.restore": unpack,
            "sales.lines.scan": lambda: one(d(), code=factories.code_of(s.wit42), quantity=D(2)),
            "sales.lines.set": lambda: line(d(), revision=None, values={
                "quantity": D(3), "price": D("25.00"), "discount": ("percent", D(5)), "text": "Kort", "reason": "oud",
            }),
            "sales.matrix.save": lambda: one(
                d(), article_id=s.shirt.pk, cells=[matrix.Cell(s.wit42.pk, wanted=D(2), shown=D(0))]
            ),
            "sales.order.amend": lambda: one(self.order()),
            "sales.order.cancel": lambda: (lambda o: one(o, quantities={first(o): D(1)}, reason="weg"))(self.order()),
            "sales.order.confirm": lambda: one(d()),
            "sales.order.convert": quotation,
            "sales.order.copy": lambda: one(self.order()),
            "sales.order.create": lambda: {"branch_id": s.branch.pk, "customer_id": s.customer.pk},
            "sales.order.deliver": lambda: (
                lambda o: one(o, quantities={first(o): D(1)}, kind="hand_over", branch_id=s.branch.pk)
            )(self.order()),
            "sales.order.discard": lambda: one(d()),
            "sales.order.discount": lambda: one(d(), percent=D(5), reason="actie"),
            "sales.order.header": lambda: one(d(), revision=None, values=header),
            "sales.order.undo_cancel": cancelled,
            "sales.order.vat_mode": lambda: one(d(), vat_mode="exclusive"),
            "sales.till.claim": lambda: one(self.order(), till=s.till),
            "sales.till.drop": lambda: one(self.basket()),
            "sales.till.park": lambda: one(self.basket(), name="Tas"),
            "sales.till.release": lambda: one(
                selling.claim(order_id=self.order().pk, till=s.till, employee=s.admin), till=s.till
            ),
            "sales.till.remove": lambda: (lambda o: one(o, line_ids=[first(o)]))(self.basket()),
            "sales.till.follow_day": lambda: one(self.basket(), on=timezone.localdate() + timedelta(days=1)),
            "sales.till.start": lambda: {"till": s.till},
            "sales.till.step": lambda: line(self.basket(), steps=1),
            "sales.till.take_back": back,
            "sales.till.take_back_free": lambda: line(self.basket(), reason="zonder bon"),
            "sales.till.unpark": lambda: one(parked(), till=s.till),
            "setup.employee": lambda: {
                "values": {"number": "991", "name": "Nieuw", "email": "n@example.nl", "home_branch_id": s.branch.pk},
                "grants": [("seller", s.branch.pk)], "branch_id": s.branch.pk, "password": Secret("Regenjas-dinsdag-9"),
            },
            "setup.save": lambda: {
                "label": "sales.DeliveryMethod", "values": {"name": "Per fiets"}, "branch_id": s.branch.pk,
            },
            "till.device.register": lambda: {"till_id": s.till.pk, "token": "abc"},
            "till.device.release": lambda: {"till_id": s.till.pk},
            "two_factor.begin": lambda: {"employee": s.manager},
            "two_factor.reset": two_step,
        }  # fmt: skip


def layouts_place() -> str:
    return next(iter(layouts.PLACES))
