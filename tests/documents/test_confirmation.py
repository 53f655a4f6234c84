"""The order confirmation: what stands on the paper is what was agreed, to the cent."""

import re
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from backoffice.core.formats import format_amount, format_money
from sales.documents import confirmation, pdf
from sales.models import OrderLine, SalesOrder
from tests import factories
from tests.documents import papers

pytestmark = pytest.mark.django_db


def paper(order) -> bytes:
    return pdf.render_pdf(confirmation.confirmation_html(confirmation.orders().get(pk=order.pk)))


def text_of(order) -> str:
    return papers.flat(paper(order))


def shown(amount) -> str:
    return format_money(amount).replace("\u00a0", " ")


def test_a_confirmation_says_everything_that_was_agreed():
    branch, sanne = papers.shop()
    hotel = factories.customer(
        "Brandsma", first_name="I.", company="Hotel De Zwaan B.V.", city="Amersfoort", delivery_city="Antwerpen"
    )
    hotel.addresses.filter(kind="delivery").update(country="BE", attention="Personeelsingang")
    white40, white42, blue40, navy32, navy34, hem = papers.wardrobe()
    order = papers.confirmed(
        branch,
        sanne,
        customer=hotel,
        items=[(white40, 4), (white42, 6), (blue40, 2), (navy32, 4), (navy34, 6), (hem, 5)],
        header={
            "subject": "Bedrijfskleding voorjaar",
            "reference": "PO 4471",
            "delivery_method": papers.delivered_at_home().pk,
        },
        cells={
            0: {"discount": ("percent", Decimal("10"))},
            3: {"discount": ("amount", Decimal("15.00"))},
            4: {"text": "Lengte 36, innemen"},
        },
        texts=["Graag vóór 12 uur leveren"],
        discount="5",
    )
    text = text_of(order)
    assert text.count(f"Orderbevestiging {order.number}") == 1
    for words in (
        "Dit is een orderbevestiging, geen factuur.",
        "Linde & Loof",
        "Oudegracht 218, 3511 NR Utrecht",
        "Hotel De Zwaan B.V. t.a.v. I. Brandsma",
        "3511 AB Amersfoort",
        "Bezorgadres Personeelsingang Oudegracht 12 3511 AB Antwerpen België",
        "Bedrijfskleding voorjaar",
        "PO 4471",
        "Bezorgen",
        "Sanne Bakker",
        "48211 Oxford-overhemd Kade Wit, maat 40 4 49,95 10 % 179,82",
        "Wit, maat 42 6 49,95 299,70 Lichtblauw, maat 40 2 49,95 99,90",
        "51077 Chino Slim Stads Navy, maat 32 4 69,95 15,00 264,80",
        "Navy, maat 34 Lengte 36, innemen 6 69,95 419,70",
        "90140 Broek inkorten 5 12,50 62,50",
        "Graag vóór 12 uur leveren",
        "Subtotaal 1.326,42 Orderkorting 5 % −66,32",
        "Totaal inclusief BTW € 1.260,10",
        "Waarvan BTW 21 % over 992,33 208,39",
        "Waarvan BTW 9 % over 54,48 4,90",
        "Nog te betalen € 1.260,10",
        "Linde & Loof Retail B.V. · KVK 12345678 · BTW NL001234567B01 · IBAN NL91 ABNA 0417 1643 00",
        "Blad 1 van 1",
    ):
        assert words in text, words
    assert order.gross.amount == Decimal("1260.10")


@pytest.mark.parametrize(
    ("vat_mode", "words", "absent"),
    [
        ("inclusive", ["Totaal inclusief BTW € 481,90", "Waarvan BTW 21 % over 346,86 72,84"], ["BTW verlegd"]),
        (
            "exclusive",
            ["Totaal exclusief BTW 404,20", "BTW 21 % over 346,86 72,84", "BTW 9 % over 57,34 5,16", "€ 482,20"],
            ["Waarvan", "BTW verlegd"],
        ),
        (
            "reverse_charge",
            ["De BTW is verlegd naar de afnemer.", "BTW-id afnemer: BE0403170701", "BTW-id leverancier: NL001234567B01",
             "Totaal, BTW verlegd € 404,20"],
            ["Waarvan", "BTW 21 %", "BTW 0 %"],
        ),
        ("none", ["Totaal € 404,20"], ["Waarvan", "BTW 21 %", "BTW 0 %", "verlegd"]),
    ],
)  # fmt: skip
def test_each_vat_mode_has_its_own_sums(vat_mode, words, absent):
    branch, sanne = papers.shop()
    *_rest, navy34, hem = papers.wardrobe()
    buyer = factories.customer("Peeters", company="Hotel Ter Zee", vat_id="BE0403170701")
    order = papers.confirmed(branch, sanne, customer=buyer, items=[(navy34, 6), (hem, 5)], vat_mode=vat_mode)
    if vat_mode == "inclusive":
        words = [shown(order.gross), "Waarvan BTW 21 % over 346,86 72,84", "Waarvan BTW 9 % over 57,34 5,16"]
    text = text_of(order)
    for sentence in words:
        assert sentence in text, sentence
    for sentence in absent:
        assert sentence not in text, sentence
    assert f"Nog te betalen {shown(order.gross)}" in text


def test_what_is_paid_and_what_is_left_stand_under_the_total():
    branch, sanne = papers.shop()
    hem = papers.wardrobe()[5]
    order = papers.confirmed(branch, sanne, items=[(hem, 5)])
    SalesOrder.objects.filter(pk=order.pk).update(paid_total=Decimal("20.00"), payment_state="part")
    assert "Aanbetaald −20,00 Nog te betalen € 42,50" in text_of(order)
    SalesOrder.objects.filter(pk=order.pk).update(paid_total=Decimal("62.50"), payment_state="paid")
    assert "Betaald −62,50 Nog te betalen € 0,00" in text_of(order)


def test_lines_of_an_article_stand_together_until_a_text_between_them():
    branch, sanne = papers.shop()
    white40, white42, blue40, navy32, _navy34, hem = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white40, 1), (navy32, 1), (white42, 1), (hem, 1), (blue40, 1)])
    lines = list(order.lines.order_by("position"))
    words = OrderLine(text="Voor de receptie", quantity=Decimal(1))
    grouped = [(g.number, [r.label for r in g.rows]) for g in confirmation.group([*lines[:4], words, *lines[4:]])]
    assert grouped == [
        ("48211", ["Wit, maat 40", "Wit, maat 42"]),
        ("51077", ["Navy, maat 32"]),
        ("90140", [""]),
        ("", [""]),
        ("48211", ["Lichtblauw, maat 40"]),
    ]


def test_a_cancelled_part_is_named_and_the_paper_still_adds_up():
    branch, sanne = papers.shop()
    white40 = papers.wardrobe()[0]
    order = papers.confirmed(branch, sanne, items=[(white40, 4)], cells={0: {"discount": ("amount", Decimal("20.00"))}})
    # 1 of 4 cancelled: 3 x 49,95 less 3/4 of 20,00
    order.lines.update(cancelled_quantity=1, line_total=Decimal("134.85"))
    assert "Wit, maat 40 Geannuleerd: 1 3 49,95 15,00 134,85" in text_of(order)


def test_a_discount_in_euros_on_a_part_of_a_piece_is_in_cents_and_adds_up():
    branch, sanne = papers.shop()
    cloth = factories.article("80001", "Voering", "19.99", fractions=True, stocked=False).variants.get()
    cells = {0: {"discount": ("amount", Decimal("1.00"))}}
    order = papers.confirmed(branch, sanne, items=[(cloth, Decimal("0.333"))], cells=cells)
    (group,) = confirmation.content(confirmation.orders().get(pk=order.pk))["groups"]
    # 0,333 x 19,99 is 6,66 less 1,00
    assert [(row.quantity, row.euro_discount, row.line.line_total.amount) for row in group.rows] == [
        (Decimal("0.333"), Decimal("1.00"), Decimal("5.66"))
    ]


def test_a_hundred_lines_are_all_there_and_every_page_repeats_the_heads():
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=papers.many(100))
    pages = [" ".join(page.split()) for page in papers.read(paper(order))]
    amounts = re.findall(r"maat [SMLX] \d 59,95 ([\d.,]+)", " ".join(pages))
    assert len(amounts) == 100
    assert sum(Decimal(a.replace(".", "").replace(",", ".")) for a in amounts) == order.gross.amount
    assert all("Artikel Omschrijving Aantal Prijs incl. Bedrag" in page for page in pages)
    assert [f"Blad {n} van {len(pages)}" in page for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert "Vervolg van 70001 Trui Veldman 1" in pages[1]
    assert f"Nog te betalen {shown(order.gross)}" in pages[-1]
    assert format_amount(order.gross) not in " ".join(pages[:-1])


def test_names_are_text_and_never_markup():
    branch, sanne = papers.shop()
    name = "<img src=http://evil.example/x.png> & <script>alert(1)</script>"
    hem = papers.wardrobe()[5]
    buyer = factories.customer("Peeters", company=name)
    order = papers.confirmed(
        branch, sanne, customer=buyer, items=[(hem, 1)], header={"subject": "{{ order.pk }}<b>vet</b>"},
        cells={0: {"text": "</table><style>*{display:none}</style>"}},
    )  # fmt: skip
    html = confirmation.confirmation_html(confirmation.orders().get(pk=order.pk))
    assert not re.search(r"<(img|script|style|b>vet)", html)
    text = papers.flat(pdf.render_pdf(html)).replace(" ", "")
    for typed in (name, "{{ order.pk }}<b>vet</b>", "</table><style>*{display:none}</style>"):
        assert typed.replace(" ", "") in text


def test_the_same_order_gives_the_same_bytes():
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 2)])
    first = paper(order)
    assert first.startswith(b"%PDF-") and paper(order) == first


def test_a_logo_takes_the_place_of_the_name_and_a_lost_file_gives_the_name_back(settings, tmp_path):
    from PIL import Image

    settings.MEDIA_ROOT = tmp_path
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[5], 1)])
    picture = tmp_path / "made.png"
    Image.new("RGB", (300, 90), "#2436b8").save(picture)
    branch.logo.save("zaak.png", ContentFile(picture.read_bytes()))
    assert f'src="/media/{branch.logo.name}"' in confirmation.confirmation_html(confirmation.orders().get(pk=order.pk))
    assert b"/Subtype /Image" in paper(order)
    default_storage.delete(branch.logo.name)
    content = paper(order)
    assert b"/Subtype /Image" not in content
    assert papers.flat(content).startswith("Linde & Loof")


def test_a_confirmation_is_read_in_three_statements(django_assert_num_queries):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=papers.many(30))
    with django_assert_num_queries(3):
        confirmation.confirmation_html(confirmation.orders().get(pk=order.pk))
