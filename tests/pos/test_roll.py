"""Receipts read back from the bytes of the printer, on rolls of 32, 42 and 48 columns: all is there, and fits."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
import zxingcpp
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image, ImageOps

from backoffice.core.keys import new_key
from backoffice.relations.models import Branch, Till
from pos import escpos, roll
from pos.day_report import day_report, find
from pos.models import Receipt
from pos.services import day_close, seats
from pos.slip import slip
from sales.documents.codes import code128
from sales.services import drafts, lines
from tests import factories
from tests.pos import roll_reader, test_check_out
from tests.pos.test_check_out import pay
from tests.pos.test_returns import bring_back

pytestmark = pytest.mark.django_db
s = test_check_out.s
D = Decimal
WIDTHS = pytest.mark.parametrize("columns", [32, 42, 48])
NAME = "Regenjas Waddenzee met uitneembare voering en afneembare capuchon van gerecycled materiaal"
REMARK = "Mouwen 2 cm korter, knopen van hoorn aanzetten en de naam in de kraag borduren."


@pytest.fixture
def evening():
    with time_machine.travel("2026-11-24T17:30:00+01:00", tick=False):
        yield


def wanted(name: str) -> str:
    """The rows of a paper as the file of its test has them (roll_reader.Roll.marked)."""
    return (Path(__file__).parent / f"{name}.txt").read_text().rstrip("\n")


def basket(s, *items, customer=None):
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    order = lines.add(order_id=seat.order_id, items=[(v.pk, D(n)) for v, n in items], employee=s.seller)
    if customer:
        drafts.set_header(order_id=order.pk, revision=None, values={"customer": customer.pk}, employee=s.seller)
    return order


def printed(receipt, columns, **how) -> roll_reader.Roll:
    """What comes out; it fits, and is on one axis."""
    found = roll_reader.read(escpos.render(slip(Receipt.objects.get(pk=receipt.pk)), columns=columns, **how))
    assert found.columns == columns and found.too_wide() == [] and found.cut
    return found


def test_the_whole_of_a_receipt(evening, s):
    letterhead = {"code": "UT", "company": "Linde & Loof Retail B.V.", "street": "Oudegracht",
                  "house_number": "218", "postcode": "3511 NR", "city": "Utrecht", "phone": "+31305550142",
                  "kvk": "12345678", "vat_id": "NL001234567B01"}  # fmt: skip
    Branch.objects.filter(pk=s.branch.pk).update(**letterhead)
    order = basket(s, (s.wit40, 1), (s.riem, 2), (s.inkorten, 1), customer=factories.customer("Brandsma"))
    on = {"order_id": order.pk, "employee": s.manager}
    first, _belt, hem = order.all_lines
    lines.set_line(**on, line_id=first.pk, revision=None, values={"discount": ("percent", D(10))})
    lines.set_line(**on, line_id=hem.pk, revision=None, values={"text": "Binnenbeen 78 cm"})
    lines.add_text(**on, text="Graag bellen")
    drafts.set_discount(**on, amount=D("5.03"))
    # 44,96 + 59,90 + 12,50 = 117,36 less 5,03 is 112,33: in cash 112,35. At 9 % is 12,50 less 0,54
    receipt = pay(s, (s.method.contant, "150"))
    found = printed(receipt, 42, copy=True, drawer=True)
    assert (found.drawer, found.marked) == (True, wanted("whole_receipt"))
    read = slip(receipt)
    assert (read.change, read.out, read.cash, read.discount_off) == (D("37.65"), 0, True, D("-5.03"))
    assert (read.told, read.exclusive, read.phone) == ("", False, "030 555 0142")
    assert [entry.purpose for entry in read.entries] == ["Betaling", "Wisselgeld", "Afronding"]
    day_close.close(session_id=s.session.pk, denominations={"100": 2, "10": 1}, employee=s.seller, reason="zoek")
    report = escpos.render_report(day_report(find(s.session.pk, s.branch.pk)), columns=42, copy=True)
    assert roll_reader.read(report).marked == wanted("whole_report")
    first = [printed(receipt, 42), roll_reader.read(escpos.render_report(day_report(s.session), columns=42))]
    assert [(found.drawer, "KOPIE" in found.text) for found in first] == [(False, False)] * 2


def amounts(text: str) -> list[str]:
    return re.findall(r"-?[\d.]+,\d\d", text)


@WIDTHS
def test_long_names_and_remarks_go_on_on_the_next_row_and_no_amount_is_cut(s, columns):
    coat = factories.variant(factories.article("J-1", NAME, "12345.00", stocked=False))
    order = basket(s, (coat, 2), (s.riem, 1))
    line = order.lines.get(variant=coat)
    assert len(REMARK) > 75
    lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values={"text": REMARK}, employee=s.seller)
    lines.add_text(order_id=order.pk, text=f"Let op: {REMARK}", employee=s.seller)
    found = printed(pay(s, (s.method.contant, "24719.95")), columns)
    for words in (f"2 {NAME}", REMARK, f"Let op: {REMARK}", "à 12.345,00", "Riem Tuig"):
        assert words in found.flat.replace(" 24.690,00", ""), words
    rows = [row.text for row in found.rows]
    assert any(row.startswith("2 Regenjas") and row.endswith(" 24.690,00") and len(row) == columns for row in rows)
    assert any(re.fullmatch(r"1 Riem Tuig +29,95", row) and len(row) == columns for row in rows)
    assert any(re.fullmatch(r"Totaal +€ 24.719,95", row) for row in rows)
    taken = amounts(found.flat)
    assert taken.count("24.719,95") >= 2 and {"24.690,00", "29,95"} <= set(taken)


@WIDTHS
def test_a_word_without_a_break_is_broken_where_the_row_ends(s, columns):
    word = "Donaudampfschiffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
    odd = factories.variant(factories.article("J-2", word, "10.00", stocked=False))
    found = printed(pay_for(s, (odd, 1)), columns)
    assert f"1{word}" in re.sub(r"\s|10,00", "", found.text)


def pay_for(s, *items, customer=None):
    order = basket(s, *items, customer=customer)
    order.refresh_from_db()
    return pay(s, (s.method.contant, str(order.gross.amount)))


@WIDTHS
def test_head_and_body_stand_on_one_axis_also_a_long_name_of_the_shop(s, columns, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Image.new("RGB", (1200, 200), "black").save(tmp_path / "logo.png")
    name = "Herenmode en Schoenen Van den Heuvel & Zonen Retail B.V."
    Branch.objects.filter(pk=s.branch.pk).update(
        company=name, street="Burgemeester van Roijensingel", house_number="1234", postcode="8011 AA", city="Zwolle",
        phone="+31305550142", kvk="12345678", vat_id="NL001234567B01", logo="logo.png",
    )  # fmt: skip
    s.till.refresh_from_db()
    found = printed(pay_for(s, (s.riem, 1)), columns)
    head = [row for row in found.rows if row.centred]
    assert " ".join(row.text for row in head).startswith(
        f"{name} Burgemeester van Roijensingel 1234 8011 AA Zwolle 030 555 0142 KVK 12345678 BTW NL001234567B01"
    )
    # a long receipt number may be a picture too, at the foot
    assert (found.pictures[0].size, found.centred[0]) == ((384, 64), True)
    assert "-" * columns in [row.text for row in found.rows]  # the body is as wide as what the printer centres on


@WIDTHS
@pytest.mark.parametrize(
    ("mode", "told", "lined", "gross"),
    [
        ("exclusive", "Bedragen excl. BTW", "100,00", "121,00"),
        ("reverse_charge", "De BTW is verlegd naar de afnemer.", "100,00", "100,00"),
        ("none", "Geen BTW", "100,00", "100,00"),
        ("inclusive", "", "121,00", "121,00"),
    ],
)
def test_a_sale_without_vat_in_its_prices_says_so(s, columns, mode, told, lined, gross):
    buyer = factories.customer("Brandsma", company="Hotel De Zwaan B.V.", vat_mode=mode, vat_id="NL001234567B01")
    coat = factories.variant(factories.article("J-3", "Jas", "121.00", stocked=False))
    found = printed(pay_for(s, (coat, 1), customer=buyer), columns)
    assert re.search(rf"^1 Jas +{lined}$", found.text, re.M) and re.search(rf"^Totaal +€ {gross}$", found.text, re.M)
    for words in ("Bedragen excl. BTW", "De BTW is verlegd naar de afnemer.", "Geen BTW"):
        assert (words in found.flat) == (words == told)
    assert bool(re.search(r"^Totaal excl. BTW +100,00$", found.text, re.M)) == (mode == "exclusive")
    assert ("NL001234567B01" in found.flat) == (mode == "reverse_charge") == bool(re.search("BTW-id", found.flat))


@WIDTHS
@pytest.mark.parametrize("large", [False, True])
def test_vat_stands_in_columns_or_where_they_are_too_narrow_below_each_other(s, columns, large):
    price = "99999.00" if large else "121.00"
    coat = factories.variant(factories.article("J-4", "Jas", price, stocked=False))
    found = printed(pay_for(s, (coat, 10 if large else 1), (s.inkorten, 1)), columns)
    figures = ["826.438,02", "173.551,98", "999.990,00"] if large else ["100,00", "21,00", "121,00"]
    in_columns = rf"^21 % +{' +'.join(map(re.escape, figures))}$"
    stacked = rf"BTW 21 % Excl. {figures[0]} BTW {figures[1]} Incl. {figures[2]}"
    assert bool(re.search(in_columns, found.text, re.M)) != (stacked in found.flat)
    assert (stacked in found.flat) == (large and columns == 32)


@WIDTHS
@pytest.mark.parametrize(
    ("what", "lined", "total"),
    [
        ("discount", ["33,33", "59,90", "-9,32"], "83,91"),
        ("return", ["33,33", "59,90", "-33,33"], "59,90"),
        ("exclusive", ["27,55", "49,50"], "93,23"),
    ],
)
def test_the_sums_of_the_printed_rows_are_the_printed_total(s, columns, what, lined, total):
    coat = factories.variant(factories.article("J-5", "Jas", "33.33", stocked=False))
    sold = pay_for(s, (coat, 3)).order if what == "return" else None
    buyer = factories.customer("Brandsma", vat_mode="exclusive") if what == "exclusive" else None
    order = basket(s, (coat, 1), (s.riem, 2), customer=buyer)
    if what == "discount":
        drafts.set_discount(order_id=order.pk, percent=D(10), employee=s.manager)
    if sold:
        bring_back(s, sold, 1)
    found = printed(pay(s, (s.method.contant, "100")), columns)
    goods = [row for row in found.text.split("Totaal")[0].splitlines() if re.match(r"-?\d+ [A-Z]|Bonkorting", row)]
    assert [row.split()[-1] for row in goods] == lined
    assert re.search(rf"^Totaal +€ {total}$", found.text, re.M)
    if what == "exclusive":  # 27,55 + 49,50 = 77,05; 21 % is 16,18
        assert re.search(r"^Totaal excl. BTW +77,05$", found.text, re.M)
        assert re.search(r"^BTW +16,18$", found.text, re.M)
    assert ("Retour" in found.flat) == (what == "return")


@WIDTHS
@pytest.mark.parametrize(
    "number", ["UT1-2026-018442", "UTR12-2026-1018442", "UTRECH12-2026-018442", "VO-2026-00012", "VO-2026-100012"]
)
def test_the_code_fits_and_is_read_on_every_roll(s, columns, number):
    shown = replace(slip(pay_for(s, (s.riem, 1))), number=number, code=code128(number))
    found = roll_reader.read(escpos.render(shown, columns=columns))
    assert found.too_wide() == []
    if found.codes:
        assert [text for text, _dots in found.codes] == [number]
    else:  # it runs along the roll
        (picture,) = found.pictures
        quiet = ImageOps.expand(picture.convert("L").rotate(90, expand=True), 40, 255)
        assert [each.text for each in zxingcpp.read_barcodes(quiet)] == [number]
        assert number in found.text
    assert bool(found.codes) == (columns > 32 or number[:3] in ("UT1", "VO-"))


@WIDTHS
def test_a_copy_says_so_and_differs_in_nothing_else(s, columns):
    receipt = pay_for(s, (s.riem, 1))
    first, copy = printed(receipt, columns, drawer=True), printed(receipt, columns, copy=True)
    assert [row.text for row in copy.rows if row.text != "*** KOPIE ***"] == [row.text for row in first.rows]
    assert "*** KOPIE ***" in copy.text and first.drawer and not copy.drawer
    assert next(row for row in copy.rows if row.text == "*** KOPIE ***").bold


@WIDTHS
def test_change_and_rounding_have_their_names(s, columns):
    """29.98, paid with 40: rounded to 30.00, and 10.00 back."""
    bow = factories.variant(factories.article("S-1", "Strik", "29.98", stocked=False))
    basket(s, (bow, 1))
    found = printed(pay(s, (s.method.contant, "40")), columns)
    rows = [" ".join(row.text.split()) for row in found.rows]
    assert {"Contant 40,00", "Wisselgeld -10,00", "Afronding -0,02"} <= set(rows), rows


def test_a_name_with_a_hyphen_stays_together():
    assert roll.wrapped("Wollen sjaal van Maximiliana-Josephine", 32) == ["Wollen sjaal van", "Maximiliana-Josephine"]


def test_cashier_and_till_of_any_length_stand_whole(s):
    shown = slip(pay_for(s, (s.riem, 1)))
    long = replace(shown, till="Kassa bij de ingang aan de Oudegracht", employee="Maximiliana-Josephine van der Berg")
    for columns in (32, 42, 48):
        found = roll_reader.read(escpos.render(long, columns=columns))
        assert found.too_wide() == [] and long.employee in found.flat
        assert set(long.till.split()) <= set(found.flat.split())


def test_every_letter_takes_one_column_or_as_many_as_it_is_written_with():
    assert roll.plain("Łódź Œuvre Đorđe ﬁets 東 \x1bp\u202e") == "Lódz OEuvre Dorde fiets ?  p "
    assert all(len(row) <= 32 for row in roll.wrapped("ﬃ" * 40, 32))


def test_the_width_is_one_of_three_and_is_set_in_beheer(client, s):
    client.force_login(s.admin)
    url = reverse("relations:till", args=[s.till.pk])
    page = client.get(url).text
    assert "Tekens per regel" in page
    values = {
        "key": new_key(),
        "branch": s.branch.pk,
        "number": 1,
        "name": "Kassa 1",
        "printer_port": 9100,
        "active": "on",
    }
    assert client.post(url, values | {"paper_columns": "40"}).status_code == 422
    assert Till.objects.get(pk=s.till.pk).paper_columns == 42
    assert client.post(url, values | {"paper_columns": "32"}).status_code == 302
    assert Till.objects.get(pk=s.till.pk).paper_columns == 32
    with pytest.raises(IntegrityError, match="till_paper_columns"), transaction.atomic():
        Till.objects.filter(pk=s.till.pk).update(paper_columns=40)
