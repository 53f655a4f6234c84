"""Mail texts: placeholders are filled in once, never run; what does not exist is refused when the text is saved."""

import re
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.models import JournalEntry
from sales.documents import wording
from sales.documents.models import MailTemplate
from sales.documents.services import mail_texts
from tests import factories
from tests.documents import papers

NASTY = [
    "{naam.__class__}",
    "{0}",
    "{}",
    "{naam!r}",
    "{naam:>99999999}",
    "{{nummer}}",
    "%(nummer)s",
    "${nummer}",
    "{nu\nmmer}",
]


@pytest.mark.parametrize("kind", MailTemplate.Kind.values)
def test_every_kind_of_document_has_a_standard_text_that_is_sound(kind):
    text = wording.standard(kind)
    wording.check(text.subject)
    wording.check(text.body)
    assert "{nummer}" in text.subject and "\n" not in text.subject


@pytest.mark.parametrize("text", ["Beste {klant}", "{naam", "naam}", "{Naam}", "{ naam }", *NASTY[:6], NASTY[-1]])
def test_what_is_no_placeholder_is_refused(text):
    with pytest.raises(ValidationError):
        wording.check(text)


def test_what_was_filled_in_is_not_read_again():
    values = {"naam": "{totaal} {{0.__class__}} %s", "totaal": "€ 1"}
    assert wording.filled("Beste {naam}: {totaal}", values) == "Beste {totaal} {{0.__class__}} %s: € 1"


@given(st.text(alphabet=st.sampled_from("{}na am%$.:!_[]0\n"), max_size=40), st.text(max_size=30))
def test_any_text_is_filled_or_refused_and_never_more(text, name):
    values = dict.fromkeys(wording.PLACEHOLDERS, name)
    filled = wording.filled(text, values)
    assert filled == "".join(name if part == "{naam}" else part for part in re.split(r"(\{naam\})", text))
    try:
        wording.check(text)
    except ValidationError:
        return
    rest = wording.MARK.sub("", text)
    assert "{" not in rest and "}" not in rest
    assert {found[1] for found in wording.MARK.finditer(text)} <= set(wording.PLACEHOLDERS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NASTY)
def test_a_customers_name_is_a_name_whatever_it_looks_like(name):
    branch, sanne = papers.shop()
    customer = factories.customer("Vermeer", company=name)
    order = papers.confirmed(branch, sanne, customer=customer, items=[(papers.wardrobe()[0], 1)])
    order.customer_attention = ""
    text = mail_texts.proposal(order, "confirmation")
    assert f"Beste {' '.join(name.split())}," in text.body
    assert "\n" not in text.subject


@pytest.mark.django_db
def test_the_shop_writes_its_own_text_and_the_next_mail_has_it(client):
    branch, admin = papers.shop()
    order = papers.confirmed(branch, admin, items=[(papers.wardrobe()[0], 2)])
    client.force_login(admin)
    url = reverse("documents:mail_text", args=["confirmation"])
    page = client.get(url).content.decode()
    assert "Orderbevestiging {nummer}" in page and "<code>{leverdatum}</code>" in page
    form = {"key": str(uuid.uuid4()), "subject": "Dank voor order {nummer}", "body": "Dag {naam},\nsamen {totaal}."}
    assert client.post(url, form).status_code == 302
    assert mail_texts.proposal(order, "confirmation") == (
        f"Dank voor order {order.number}",
        "Dag Anna Brandsma,\nsamen € 99,90.",
    )
    entry = JournalEntry.objects.get(action="setup.mailtemplate.changed")
    assert entry.data["changed"]["subject"] == ["Orderbevestiging {nummer}", "Dank voor order {nummer}"]
    listed = client.get(reverse("documents:mail_texts")).content.decode()
    assert "eigen tekst" in listed and listed.count("standaardtekst") == 4


@pytest.mark.django_db
def test_a_text_with_an_unknown_placeholder_comes_back_with_what_was_typed(client):
    _branch, admin = papers.shop()
    client.force_login(admin)
    url = reverse("documents:mail_text", args=["slip"])
    answer = client.post(url, {"key": str(uuid.uuid4()), "subject": "Pakbon", "body": "Dag {klant}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "{klant} bestaat niet. Kies uit: {nummer}, {naam}" in page and "Dag {klant}</textarea>" in page
    assert MailTemplate.objects.count() == 0
    assert client.get(reverse("documents:mail_text", args=["invoice"])).status_code == 404
