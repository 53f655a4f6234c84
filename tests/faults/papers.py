"""Mail and receipts while the mail server and the printer are down."""

import time
from collections import Counter
from decimal import Decimal

from aiosmtpd.controller import Controller
from django.utils import timezone

from backoffice.core.models import OutboxMessage
from pos.models import Receipt, TillSeat
from sales.documents.models import OutgoingMail
from tests.documents.mail_server import Inbox
from tests.faults.check import Outcome
from tests.faults.day import CALM, Trouble
from tests.faults.desk import Desk
from tests.faults.house import wait
from tests.faults.printer import Printer
from tests.faults.scenarios import Run, scenario
from tests.faults.shop import CSRF

MAILS = 5  # one mail in so many orders: each is a PDF that is made


@scenario("the mail server is down, refuses and hangs, and the worker is killed", "retry")
def mail(run: Run) -> Outcome:
    """Every mail arrives in the end: once, or again under the same Message-ID where the worker died as it was taken."""
    count = max(run.size // MAILS, 3)
    day = run.day(lambda *_: CALM, drafts=count)
    found = run.play(day)
    run.house.work(FAULTS_WITHOUT=run.without)
    for number, order in enumerate(sorted(day.promised.confirmed)):
        values = {"recipient": f"klant{number}@example.com", "subject": "Uw order", "body": "Dag"}
        run.desk.press(f"/verkoop/verkooporders/{order}/mailen/", values, network="drop" if number % 2 else "")
    tried = OutboxMessage.objects.filter(kind="mail", attempts__gte=1)
    wait(lambda: tried.count() == count)  # nobody listens
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=run.house.mail_port, ready_timeout=20)
    inbox.rcpt = "451 Later"
    inbox.go_on.clear()
    controller.start()
    try:
        open_mails = OutboxMessage.objects.filter(kind="mail", status=OutboxMessage.Status.WAITING)
        wait(lambda: not open_mails.exists() or "451" in open_mails.order_by("-last_error").first().last_error)
        inbox.rcpt = "250 OK"
        if open_mails.exists() and inbox.reached.wait(60):
            run.house.kill_worker()  # in the middle of the letter
            run.house.work(FAULTS_WITHOUT=run.without)
        inbox.go_on.set()
        wait(lambda: not open_mails.exists())
    finally:
        run.house.kill_worker()
        controller.stop()
    came = Counter((letter["To"], letter["Message-ID"]) for letter in inbox.letters)
    sent = set(OutgoingMail.objects.filter(sent_at__isnull=False).values_list("recipient", flat=True))
    there = {recipient for recipient, _id in came}
    wanted = {f"klant{number}@example.com" for number in range(count)}
    found.lost += [f"{recipient} never had the mail" for recipient in sorted(wanted - (there & sent))]
    found.double += [f"{to} had other mails" for to, times in Counter(to for to, _id in came).items() if times > 1]
    tries = sum(OutboxMessage.objects.filter(kind="mail").values_list("attempts", flat=True))
    run.figures |= {"mails": count, "tries": tries, "letters": came.total()}
    return found


@scenario("the printer is off, hangs and cuts the line", "once")
def printer(run: Run) -> Outcome:
    """Every sale stands; no receipt comes out twice by itself; what did not come out is told, and a copy says KOPIE."""
    count = max(run.size // 4, 8)
    found = run.play(run.day(lambda *_: CALM, drafts=1))
    paper = Printer()
    till = run.shop.till
    till.printer_host, till.printer_port = "127.0.0.1", paper.port
    till.save()
    # the cashier unlocked it when the shop was made, and a till that nobody touches locks itself
    TillSeat.objects.filter(pk=till.pk).update(seen_at=timezone.now())
    desk = Desk(run.proxy.port, run.shop.counter, CSRF)
    run.house.work(FAULTS_WITHOUT=run.without)
    ways = ("takes", "off", "hangs", "cuts")
    try:
        for number in range(count):
            paper.be(ways[number % 4])
            _sale(run, desk, Trouble(network="drop" if number % 2 else ""))
            wait(lambda: not Receipt.objects.filter(print_state=Receipt.Print.WAITING).exists())
        paper.be("takes")
        failed = list(Receipt.objects.filter(print_state=Receipt.Print.FAILED))
        for receipt in failed:
            desk.press(f"/kassa/bonnen/{receipt.pk}/kopie/")
        wait(lambda: not Receipt.objects.filter(print_state=Receipt.Print.WAITING).exists())
    finally:
        run.house.kill_worker()
        paper.close()
    receipts = list(Receipt.objects.order_by("pk"))
    text = [content.decode("cp858", "replace") for content in paper.taken]
    plain = Counter(row.number for row in receipts for one in text if row.number in one and "KOPIE" not in one)
    copies = Counter(row.number for row in receipts for one in text if row.number in one and "KOPIE" in one)
    if len(receipts) != count:
        (found.lost if len(receipts) < count else found.double).append(f"{count} sales, {len(receipts)} receipts")
    found.double += [f"{number} came out {times} times" for number, times in plain.items() if times > 1]
    found.lost += [f"{row.number} never came out" for row in receipts if not plain[row.number] + copies[row.number]]
    found.double += [f"copy of {number}: {times}" for number, times in copies.items() if times > 1]
    run.figures |= {"sales": count, "receipts": plain.total(), "told and copied": len(failed)}
    return found


def _sale(run: Run, desk: Desk, trouble: Trouble) -> None:
    """One piece over the counter, paid in cash."""
    desk.press("/kassa/scan/", {"code": run.shop.codes[0]}, network=trouble.network)
    values = {"tender": f"{run.shop.cash.pk}:49,95", "left": str(Decimal("49.95")).replace(".", ",")}
    desk.press("/kassa/afrekenen/", values, network=trouble.network)
    time.sleep(0.01)
