"""A PDF says its language and title, is tagged for who has it read aloud, and mail and phone in it can be pressed."""

import io
from collections import Counter
from collections.abc import Iterator

import pypdf
import pytest

from pos.services import mailing as till_mail
from sales.documents import confirmation
from sales.documents import papers as order_papers
from sales.documents.services import mailing
from tests.documents import papers
from tests.documents.every_paper import every_paper
from tests.pos import test_check_out

pytestmark = pytest.mark.django_db
s, basket = test_check_out.s, test_check_out.basket
TITLES = {
    "confirmation": "Orderbevestiging VO-2026-00001",
    "quotation": "Offerte OF-2026-00001",
    "slip": "Pakbon PB-2026-00001",
    "picklist": "Picklijst ",
    "deposit": "Aanbetalingsbon VO-2026-00001",
    "z": "",
}


@pytest.fixture(scope="module")
def printed(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return {kind: pypdf.PdfReader(io.BytesIO(content)) for kind, content in every_paper().items()}


def elements(node) -> Iterator[pypdf.generic.DictionaryObject]:
    """The elements of a tag tree, from the top."""
    node = node.get_object()
    if isinstance(node, list):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def links(reader: pypdf.PdfReader) -> list[str]:
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return [note["/A"]["/URI"] for note in notes if note["/Subtype"] == "/Link"]


def is_tagged(reader: pypdf.PdfReader) -> Counter:
    """How often each tag stands in it; language, mark and the wish to show the title are there."""
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"].value is True
    assert catalogue["/Lang"] == "nl"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert all("/StructParents" in page for page in reader.pages)
    return Counter(element["/S"] for element in elements(catalogue["/StructTreeRoot"]))


@pytest.mark.parametrize("kind", TITLES)
def test_every_paper_has_a_language_a_title_and_tags(kind, printed):
    reader = printed[kind]
    tags = is_tagged(reader)
    assert reader.metadata.title.startswith(TITLES[kind])
    assert tags["/H1"] == 1 and tags["/Table"] >= 1 and tags["/TH"] >= 2 and tags["/TD"] >= 2


@pytest.mark.parametrize("kind", [kind for kind in TITLES if kind != "picklist"])
def test_the_barcode_says_its_number_and_the_shops_phone_and_mail_can_be_pressed(kind, printed):
    reader = printed[kind]
    figures = [tag for tag in elements(reader.trailer["/Root"]["/StructTreeRoot"]) if tag["/S"] == "/Figure"]
    number = reader.metadata.title.split()[-1]
    assert f"Code 128: {number}" in [figure["/Alt"] for figure in figures]
    assert links(reader) == ["tel:+31305550142", "mailto:utrecht@lindeenloof.example"]


def test_a_head_above_each_column_is_told_with_its_figures(printed):
    cells = [tag for tag in elements(printed["confirmation"].trailer["/Root"]["/StructTreeRoot"]) if tag["/S"] == "/TD"]
    assert sum(1 for cell in cells if cell["/A"].get("/Headers")) >= 5


def test_many_orders_in_one_pdf_are_tagged_whole(printed):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    orders = [papers.confirmed(branch, sanne, items=[(variant, 1)]) for variant in (white, white42)]
    found = list(confirmation.orders().filter(pk__in=[order.pk for order in orders]))
    reader = pypdf.PdfReader(io.BytesIO(order_papers.papers(found, set())))
    assert is_tagged(reader)["/H1"] == 2 and len(reader.pages) == 2


def test_the_receipt_that_a_till_mails_is_tagged_too(s, basket):
    receipt = test_check_out.pay(s, (s.method.contant, "150"))
    sent = till_mail.mail_receipt(receipt_id=receipt.pk, recipient="anna@example.com", request="1", employee=s.office)
    reader = pypdf.PdfReader(io.BytesIO(mailing.PAPERS["receipt"](sent)[1]))
    assert sum(is_tagged(reader).values()) > 10
    assert receipt.number in reader.metadata.title
