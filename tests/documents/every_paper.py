"""Every kind of paper on A4 of one shop, and where its letters lie."""

import datetime
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pypdfium2
from django.db import transaction
from django.utils import timezone

from payments.papers import receipts
from payments.services import sessions
from payments.services.depositing import deposit
from pos import day_report
from pos.services import day_close
from sales.documents import confirmation, pdf, picklist, slip
from sales.documents import papers as order_papers
from sales.documents.services import packing
from sales.models import SalesOrder
from tests import factories
from tests.documents import papers
from tests.payments.shop import methods

A4 = (595.28, 841.89)
LEFT, RIGHT = 56.69, 549.92  # of the printed part, in points: 20 mm and 210 - 16 mm


def every_paper(word: str = "", *, note: str = "") -> dict[str, bytes]:
    """{kind: PDF} of confirmation, quotation, slip, picklist, deposit receipt and Z sheet; the shop is gone again.

    word: stands in every name, text and address of them that people type, as far as it fits there; note: on the slip.
    """
    with transaction.atomic():
        made = _papers_of_a_shop(word, note)
        transaction.set_rollback(True)
    return made


def _papers_of_a_shop(word: str, note: str) -> dict[str, bytes]:
    branch, sanne = papers.shop()
    bank, cash = methods().bank, methods().contant
    type(branch).objects.filter(pk=branch.pk).update(**_typed(name=80, company=120, street=100, city=80)(word))
    type(sanne).objects.filter(pk=sanne.pk).update(**_typed(name=80)(word))
    type(bank).objects.filter(pk=bank.pk).update(**_typed(name=40)(word))
    branch.refresh_from_db()
    till = factories.till(branch, **_typed(name=40)(word))
    shirt = factories.article(
        "48211", word or "Oxford-overhemd Kade", "12345.67", colours=[word[:40] or "Wit"], sizes=[40, 42]
    )
    belt = factories.article((word or "30001")[:40], word or "Riem", "29.95", brand=word[:80])
    variants = list(shirt.variants.order_by("pk"))
    buyer = factories.customer("Brandsma", company=word or "Hotel De Zwaan B.V.", city="Amersfoort")
    buyer.addresses.filter(kind="invoice").update(**_typed(street=120, city=80)(word))
    header = {"subject": word[:120] or "Kleding", "reference": word[:80] or "PO 4471"}
    header |= {"delivery_method": papers.delivered_at_home().pk, "expected_delivery_date": timezone.localdate()}
    items = [(variants[0], 99_999), (variants[1], 2), (belt.variants.get(), 3)]
    cells = {0: {"text": word or "Kort"}, 2: {"text": word or "Bruin"}}
    order = papers.confirmed(
        branch, sanne, items=items, customer=buyer, header=header, cells=cells, texts=[word] if word else (),
        discount="5",
    )  # fmt: skip
    quoted = factories.order_type("Offerte", quotation=True)
    quotation = papers.confirmed(
        branch, sanne, items=items, customer=buyer, header=header | {"order_type": quoted.pk}, cells=cells
    )
    deposit(order_id=order.pk, tenders=[(bank.pk, Decimal(100))], employee=sanne)
    first = order.lines.order_by("position")[0]
    made = packing.create_slip(
        order_id=order.pk, quantities={first.pk: Decimal(1)}, employee=sanne, note=note or word[:500]
    )
    listed = picklist.picklist(branch, timezone.localdate() + datetime.timedelta(days=1))
    session = sessions.open_session(till_id=till.pk, float_amount=Decimal(100), employee=sanne)
    assert cash.pk  # the drawer's own method stands on the sheet
    closed = day_close.close(session_id=session.pk, denominations={"50": 2}, employee=sanne)
    fresh = SalesOrder.objects.select_related("branch").get(pk=order.pk)
    return {
        "confirmation": order_papers.paper(confirmation.orders().get(pk=order.pk)),
        "quotation": order_papers.paper(confirmation.orders().get(pk=quotation.pk)),
        "slip": slip.slip_pdf(slip.slips().get(pk=made.pk))[1],
        "picklist": pdf.render_pdf(picklist.picklist_html(listed)),
        "deposit": receipts.receipt_pdf(fresh, receipts.payments_of(fresh)[0])[1],
        "z": day_report.report_pdf(day_report.find(closed.pk, branch.pk))[1],
    }


def _typed(**lengths):
    """The word in each of these fields as far as it fits; nothing without a word."""
    return lambda word: {name: word[:length] for name, length in lengths.items()} if word else {}


@dataclass(frozen=True)
class Letter:
    """One printed letter: its page from 0, and its box in points from the lower left."""

    text: str
    page: int
    left: float
    bottom: float
    right: float
    top: float


def letters(content: bytes) -> Iterator[Letter]:
    """Every letter that is printed, in the order in which the file has them."""
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        for number, page in enumerate(document):
            assert [round(side, 1) for side in page.get_size()] == [round(side, 1) for side in A4]
            words = page.get_textpage()
            for at in range(words.count_chars()):
                text = words.get_text_range(at, 1)
                if text.strip():
                    yield Letter(text, number, *words.get_charbox(at))


def outside(found: list[Letter]) -> str:
    """The letters that are not whole between the margins of the sheet."""
    return "".join(one.text for one in found if one.left < LEFT - 1 or one.right > RIGHT + 1 or one.bottom < 0)


def over_each_other(found: list[Letter]) -> list[tuple[str, str]]:
    """Pairs of letters that cover each other for more than half of the smaller."""
    rows: dict[tuple[int, int], list[Letter]] = defaultdict(list)
    for one in found:
        rows[one.page, round((one.bottom + one.top) / 8)].append(one)
    pairs = []
    for row in rows.values():
        row.sort(key=lambda one: one.left)
        for place, one in enumerate(row):
            for other in row[place + 1 : place + 6]:
                if (one.left, one.right) == (other.left, other.right):
                    continue  # two letters that the font joins have one box
                wide = min(one.right, other.right) - other.left
                high = min(one.top, other.top) - max(one.bottom, other.bottom)
                if wide > (other.right - other.left) / 2 > 0.2 and high > 0:
                    pairs.append((one.text, other.text))
    return pairs


def box_of(found: list[Letter], text: str) -> list[Letter]:
    """The letters of the first place where a text (without spaces) is printed. Raises ValueError where it is not."""
    at = "".join(one.text for one in found).index(text)
    return found[at : at + len(text)]
