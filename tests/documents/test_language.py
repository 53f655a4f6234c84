"""The confirmation in English: every word of ours on it is translated, and the figures stay the same."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from sales.documents import confirmation, wording
from sales.documents.models import MailTemplate
from sales.documents.services import mail_texts
from tests.documents import papers
from tests.test_language import sources


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


@pytest.mark.django_db
def test_an_english_shop_mails_in_english(english):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 2)])
    with translation.override("en"):
        text = mail_texts.proposal(order, "confirmation")
    assert text.subject == f"Order confirmation {order.number}"
    assert text.body.startswith("Dear Anna Brandsma,\n\nThank you for your order.")
    assert "with a total of € 99,90." in text.body and "Kind regards,\n\nLinde & Loof" in text.body


@pytest.mark.parametrize("kind", MailTemplate.Kind.values)
def test_every_standard_text_is_sound_in_english(english, kind):
    dutch = wording.standard(kind)
    with translation.override("en"):
        text = wording.standard(kind)
    wording.check(text.subject)
    wording.check(text.body)
    assert text.subject != dutch.subject and text.body != dutch.body
    placeholders = [sorted(found[1] for found in wording.MARK.finditer(one.body)) for one in (dutch, text)]
    assert placeholders[0] == placeholders[1]


OURS = (
    "sales/documents/wording.py", "sales/documents/papers.py", "sales/documents/tables.py", "sales/documents/forms.py",
    "sales/documents/views/mails.py", "sales/documents/views/papers.py", "sales/documents/views/exports.py",
    "sales/documents/views/mail_texts.py", "sales/documents/services/mailing.py",
    "sales/documents/services/sending.py", "sales/documents/services/exporting.py",
    "sales/documents/services/making.py", "sales/documents/large.py", "sales/addresses.py",
    "templates/setup/mail_text.html",
    *(f"templates/documents/{name}.html" for name in (
        "mail", "mail_many", "_mails", "_results", "_printed", "_result_rows", "export", "export_list", "export_job",
        "_export_job", "large_paper", "_format", "confirmation", "_sums", "_legal", "_notes",
    )),
)  # fmt: skip


def test_no_word_of_print_mail_and_export_lacks_its_english(english):
    known = {(m.id if isinstance(m.id, str) else m.id[0]): m for m in english if m.id}
    texts = [(str(where).partition(":")[0], text) for where, text in sources()]
    mine = [(where, text) for where, text in texts if where in OURS]
    assert {where for where, _text in mine} >= {"templates/documents/mail.html", "sales/documents/wording.py"}
    missing = [(where, text) for where, text in mine if text not in known or not known[text].string]
    assert missing == []
