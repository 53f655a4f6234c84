"""The confirmation in English: every word of ours on it is translated, and the figures stay the same."""

import re
from decimal import Decimal

import pytest

from sales.documents import confirmation
from tests.documents import papers


@pytest.mark.django_db
def test_an_english_confirmation_has_english_words_and_the_same_figures(english):
    branch, sanne = papers.shop()
    white, _white42, _blue, navy, *_rest = papers.wardrobe()
    order = papers.confirmed(
        branch, sanne, items=[(white, 2), (navy, 1)], cells={0: {"discount": ("percent", Decimal("10"))}}
    )
    order = confirmation.orders().get(pk=order.pk)
    text = " ".join(re.sub(r"<[^>]+>", " ", confirmation.confirmation_html(order, "en")).split())
    assert "This is an order confirmation, not an invoice." in text
    assert "Oxford-overhemd Kade Wit, size 40 2 49,95 10 % 89,91" in text
    assert "Total including VAT € 159,86 Of which VAT 21 % on 132,12 27,74" in text
    assert "Balance due € 159,86" in text
    assert not re.search(r"Orderbevestiging|Totaal|Waarvan|betalen|Datum|Aantal", text)


def test_no_word_of_the_documents_lacks_its_english(english):
    ours = [m for m in english if m.id and any(path.startswith("templates/documents/") for path, _line in m.locations)]
    assert len(ours) > 30
    assert [m.id for m in ours if not m.string or m.fuzzy] == []
