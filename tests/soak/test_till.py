"""The till under hardship: one receipt at two tills, day closes while everybody sells, and a printer that fails."""

import random
import threading
from decimal import Decimal
from functools import partial

import pytest
from django.db import OperationalError, connection
from django.db.models import Count, Sum

from backoffice.core.errors import Busy, Refusal
from backoffice.core.models import OutboxMessage
from payments.models import LedgerEntry, TillSession
from payments.services import sessions
from pos.models import Receipt, TillSeat
from pos.services import checking_out, printing, seats
from sales.models import SalesOrder
from sales.services import lines
from tests import factories
from tests.invariants import holds
from tests.pos import counter, test_queue_race
from tests.pos.test_print import Printer
from tests.pos.test_return_race import both, both_paid
from tests.pos.test_returns import sell
from tests.racing import together
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)
s = test_queue_race.s
D = Decimal


def test_a_receipt_at_two_tills_at_once_comes_back_once(s):
    number, baskets, paid = count(100, 6), 0, 0
    for _ in range(number):
        sold = sell(s, [(s.wit40, 1)])
        told = both(s, sold)
        baskets += sum(isinstance(answer, SalesOrder) for answer in told)
        assert sum(isinstance(answer, Refusal) for answer in told) == 1, told
        paid += sum(isinstance(answer, Receipt) for answer in both_paid(s))
        assert sold.lines.get().returned_quantity == 1
        for seat in TillSeat.objects.filter(order__isnull=False):  # an empty basket of whom was refused
            seats.empty(till_id=seat.pk, employee=s.manager)
    back = LedgerEntry.objects.filter(kind="refund").aggregate(number=Count("pk"), total=Sum("amount"))
    report("one receipt at two tills at once", number=number, baskets=baskets, paid_back=paid, refunds=back["number"])
    assert (baskets, paid) == (number, number)
    assert back == {"number": number, "total": D("-49.95") * number}
    holds(2, 3, 7, 11)


def test_nothing_lands_after_a_close_while_every_till_sells(s):
    tills = [s.till, s.other, *(factories.till(s.branch, number) for number in range(3, count(20, 4) + 1))]
    for till in tills[2:]:
        TillSeat.objects.create(till=till, device_hash="")
    rounds, sales, refused, chance = count(10, 2), 0, 0, random.Random(14)
    for _ in range(rounds):
        for till in tills:
            if not till.sessions.filter(closed_at=None).exists():
                sessions.open_session(till_id=till.pk, float_amount=D(100), employee=s.manager)
        works = [partial(_sell_until_closed, s, till, chance.randint(1, 3)) for till in tills]
        for made, no in together(*works, seconds=300):
            sales, refused = sales + made, refused + no
    closes = TillSession.objects.filter(closed_at__isnull=False).count()
    report("closes while all tills sell", tills=len(tills), closes=closes, sales=sales, refused=refused)
    assert closes == rounds * len(tills) and refused == closes
    assert (Receipt.objects.count(), SalesOrder.objects.filter(status="settled").count()) == (sales, sales)
    taken = LedgerEntry.objects.filter(kind__in=("settlement", "change", "rounding"))
    assert taken.aggregate(total=Sum("amount"))["total"] == D("29.95") * sales
    assert not taken.filter(session=None).exists()
    holds(2, 3, 8, 13, 14)


def _sell_until_closed(s, till, least: int) -> tuple[int, int]:
    """Sell belts in cash until the till is closed under one's hands, after so many sales; (sold, refused then)."""
    sold = threading.Event()

    def close():
        try:
            sold.wait(timeout=60)
            session = till.sessions.get(closed_at=None)
            # blind: what is counted is what was there, more or less
            insist(sessions.close_session, session_id=session.pk, denominations={"100": 1, "10": 3},
                   employee=s.manager, reason="geteld")  # fmt: skip
        finally:
            connection.close()

    closing = threading.Thread(target=close, daemon=True)
    closing.start()
    made, who = 0, {"employee": s.manager}
    while True:
        order_id = insist(seats.begin, till_id=till.pk, **who).order_id
        if not SalesOrder.objects.get(pk=order_id).lines.exists():
            insist(lines.add, order_id=order_id, items=[(s.riem.pk, D(1))], **who)
        try:
            insist(checking_out.check_out, till_id=till.pk, tenders=[(s.method.contant.pk, D(50))], **who)
        except Refusal as refusal:
            assert refusal.code in ("payments.session_none", "payments.session_closed"), refusal.code
            closing.join(timeout=60)
            assert not LedgerEntry.objects.filter(order=order_id).exists()
            return made, 1
        made += 1
        if made == least:
            sold.set()


def insist(service, **values):
    """Ask as a screen does: again, with the same key, as long as it is being worked on or the database is too slow."""
    key = counter.key()
    while True:
        try:
            return service(key=key, **values)
        except (Busy, OperationalError):
            continue


def test_a_printer_that_refuses_hangs_or_cuts_off_stops_no_sale_and_prints_none_twice(s, monkeypatch):
    monkeypatch.setattr(printing, "TIMEOUT", 0.2)
    printers = {how: Printer(how) for how in ("takes", "hangs", "cuts")}
    ports = {how: printer.port for how, printer in printers.items()} | {"refuses": 1}
    chance, number = random.Random(7), count(300, 12)
    s.till.printer_host, made = "127.0.0.1", {}
    for turn in range(number):
        how = chance.choice(list(ports)) if turn > 3 else list(ports)[turn]
        s.till.printer_port = ports[how]
        s.till.save()
        made[sell(s, [(s.riem, 1)]).receipts.get().number] = how
        printing.print_due()
    for _ in printing.RETRY_SECONDS:
        OutboxMessage.objects.update(next_attempt_at="2020-01-01T00:00Z")
        printing.print_due()
    for printer in printers.values():
        printer.end()
    copies = {
        name: sum(b"{B" + name.encode() in data for printer in printers.values() for data in printer.taken)
        for name in made
    }
    twice = [name for name, times in copies.items() if times > 1]
    states = dict(Receipt.objects.values_list("print_state").annotate(number=Count("pk")).order_by())
    report("sales with a printer that fails", number=number, sold=Receipt.objects.count(), twice=len(twice), **states)
    assert Receipt.objects.count() == SalesOrder.objects.filter(status="settled").count() == number
    assert twice == []
    assert all(copies[name] == 1 for name, how in made.items() if how == "takes")
    assert states["printed"] >= sum(how == "takes" for how in made.values())
    assert states["failed"] > 0 and "waiting" not in states
    holds(2, 3, 8, 16)
