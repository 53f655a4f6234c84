"""Receipts on paper: the bytes that reach a printer, and a printer that is off never stops a sale."""

import socket
import threading
from decimal import Decimal

import pytest
from django.urls import reverse
from PIL import Image

from backoffice.core.models import JournalEntry, OutboxMessage
from pos import roll
from pos.models import Receipt
from pos.services import mailing, printing
from pos.slip import slip
from sales.documents.models import OutgoingMail
from sales.models import SalesOrder
from tests.pos import counter, test_check_out
from tests.pos.test_check_out import pay

pytestmark = pytest.mark.django_db
s, basket = test_check_out.s, test_check_out.basket


class Printer:
    """A TCP printer on a port of its own; how: takes all, hangs after taking it (until it ends), or cuts the line."""

    def __init__(self, how="takes"):
        self.how, self.taken, self.over = how, [], threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _peer = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._take, args=(line,), daemon=True).start()

    def _take(self, line):
        data = b""
        while self.how != "cuts" and (part := line.recv(4096)):
            data += part
        self.taken.append(data)
        if self.how == "hangs":
            self.over.wait()
        line.close()

    def end(self):
        self.over.set()
        self.server.close()


@pytest.fixture
def printer(s):
    made = Printer()
    s.till.printer_host, s.till.printer_port = "127.0.0.1", made.port
    s.till.save()
    yield made
    made.end()


def text_of(content: bytes) -> str:
    return content.decode("cp858", "replace")


def test_the_receipt_arrives_with_the_euro_sign_its_figures_and_its_code(s, basket, printer):
    receipt = pay(s, (s.method.contant, "150"))
    assert receipt.print_state == Receipt.Print.WAITING
    assert printing.print_due() == 1
    receipt.refresh_from_db()
    assert receipt.print_state == Receipt.Print.PRINTED
    (content,) = printer.taken
    text = text_of(content)
    for expected in (
        "€ 129,85",
        "Riem Tuig",
        "2 Oxford-overhemd Kade",
        "Wit 40",
        "Contant",
        "150,00",
        "-20,15",
        receipt.number,
    ):
        assert expected in text, expected
    assert "KOPIE" not in text
    assert b"\x1bp" in content  # the drawer opens: cash was paid
    # Code 128 by function B: GS k 73, how many bytes follow, code set B, the number
    code = content[content.index(b"\x1dkI") + 3 :]
    assert code[1 : 1 + code[0]] == b"{B" + receipt.number.encode()
    assert content.index(b"\x1bt\x13") < content.index("€".encode("cp858"))  # CP858 is chosen before any text


def test_the_drawer_stays_shut_without_cash_and_no_text_is_a_command(s, basket, printer):
    s.method.bank.at_till = True
    s.method.bank.save()
    SalesOrder.objects.filter(pk=basket.pk).update(customer_name="\x1bp\x07 Zoë \u202eYılmaz €")
    receipt = pay(s, (s.method.bank, "129.85"))
    printing.print_due()
    (content,) = printer.taken
    assert b"\x1bp" not in content
    assert " p  Zoë  Yilmaz €" in text_of(content)
    assert receipt.order.customer_name.startswith("\x1b")


def test_a_reprint_says_copy_opens_no_drawer_and_is_journalled(s, basket, printer):
    receipt = pay(s, (s.method.contant, "129.85"))
    printing.print_due()
    printing.reprint(receipt_id=receipt.pk, employee=s.seller)
    printing.print_due()
    first, again = printer.taken
    assert "*** KOPIE ***" in text_of(again) and b"\x1bp" not in again and b"\x1bp" in first
    assert JournalEntry.objects.get(action="till.receipt_copied").data == {"number": receipt.number, "copy": 1}


def test_a_printer_that_is_off_leaves_the_sale_and_is_tried_again_then_told(s, basket):
    s.till.printer_host, s.till.printer_port = "127.0.0.1", 1
    s.till.save()
    receipt = pay(s, (s.method.contant, "129.85"))
    assert receipt.order.payment_state == "paid"
    for attempt in range(1, 4):
        OutboxMessage.objects.update(next_attempt_at="2020-01-01T00:00Z")
        assert printing.print_due() == 1
        receipt.refresh_from_db()
        assert receipt.print_state == (Receipt.Print.WAITING if attempt < 3 else Receipt.Print.FAILED)
    assert receipt.print_error == "De printer is niet bereikbaar." and printing.print_due() == 0


@pytest.mark.parametrize("how", ["hangs", "cuts"])
def test_what_may_have_printed_is_not_printed_again_by_itself(s, basket, how, monkeypatch):
    monkeypatch.setattr(printing, "TIMEOUT", 0.3)
    made = Printer(how)
    s.till.printer_host, s.till.printer_port = "127.0.0.1", made.port
    s.till.save()
    receipt = pay(s, (s.method.contant, "129.85"))
    printing.print_due()
    receipt.refresh_from_db()
    made.end()
    if how == "hangs":
        assert receipt.print_state == Receipt.Print.FAILED and "Kijk of de bon is afgedrukt" in receipt.print_error
    assert (
        len(made.taken) == 1 and Receipt.objects.count() == 1 and receipt.order.paid_total.amount == Decimal("129.85")
    )


def test_what_the_screen_and_the_paper_say_adds_up_to_the_order(s, basket):
    shown = slip(Receipt.objects.get(pk=pay(s, (s.method.contant, "150")).pk))
    assert sum(line.total for line in shown.lines) == shown.gross == Decimal("129.85")
    assert shown.change == Decimal("20.15")
    assert sum(row.gross for row in shown.rates) == Decimal("129.85")
    assert all(len(row) <= 42 for row in [*roll.rows(shown, 42), *roll.money_rows(shown, 42)])


def test_the_logo_stands_above_the_name_and_one_that_is_gone_stops_nothing(s, basket, printer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Image.new("RGB", (800, 200), "black").save(tmp_path / "logo.png")
    type(s.branch).objects.filter(pk=s.branch.pk).update(logo="logo.png")
    receipt = pay(s, (s.method.contant, "129.85"))
    printing.print_due()
    (content,) = printer.taken
    # GS v 0: a raster of 384 / 8 = 48 bytes wide and 96 rows high, all black, before the first letter
    raster = b"\x1dv0\x00" + bytes([48, 0, 96, 0]) + b"\xff" * (48 * 96)
    assert content.index(raster) < content.index(roll.plain(s.branch.company or s.branch.name).encode("cp858"))
    (tmp_path / "logo.png").unlink()
    printing.reprint(receipt_id=receipt.pk, employee=s.seller)
    printing.print_due()
    assert b"\x1dv0" not in printer.taken[-1] and receipt.number in text_of(printer.taken[-1])


def test_the_logo_stands_on_the_screen_and_on_the_mailed_paper_too(s, basket, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Image.new("RGB", (800, 200), "black").save(tmp_path / "logo.png")
    Image.new("RGB", (10, 10), "red").save(tmp_path / "new.png")
    type(s.branch).objects.filter(pk=s.branch.pk).update(logo="logo.png")
    receipt = pay(s, (s.method.contant, "129.85"))
    counter.sit(client, s.till, s.seller)
    page, logo = reverse("pos:receipt", args=[receipt.pk]), reverse("pos:logo", args=[receipt.pk])
    type(s.branch).objects.filter(pk=s.branch.pk).update(logo="new.png")  # no part of what was given out
    assert f'<img class="logo" src="{logo}"' in client.get(page).text
    answer = client.get(logo)
    assert (answer.headers["Content-Type"], b"".join(answer)) == ("image/png", (tmp_path / "logo.png").read_bytes())
    mail = OutgoingMail(subject_id=str(receipt.pk))
    with_logo = len(mailing.mailed(mail)[1])
    (tmp_path / "logo.png").unlink()
    assert client.get(logo).status_code == 404 and len(mailing.mailed(mail)[1]) < with_logo


def test_without_a_logo_there_is_none_to_show(s, basket, client):
    receipt = pay(s, (s.method.contant, "129.85"))
    counter.sit(client, s.till, s.seller)
    logo = reverse("pos:logo", args=[receipt.pk])
    assert logo not in client.get(reverse("pos:receipt", args=[receipt.pk])).text
    assert client.get(logo).status_code == 404
