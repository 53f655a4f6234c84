"""Aanbetalen at the desk: what the dialog fills in, asks, refuses and answers."""

import re
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from payments.dialogs.deposits import sheet
from payments.models import CreditAccount, LedgerEntry
from payments.services.depositing import deposit
from sales.services import amending, lines
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import rows, shop

pytestmark = pytest.mark.django_db
D = Decimal
NBSP = "\u00a0"


@pytest.fixture
def s(client):
    made = shop()
    client.force_login(made.office)
    return made


def url(order) -> str:
    return reverse("payments:deposit", args=[order.pk])


def posted(s, order, *tenders, seen="0,00", sure=False, **more) -> dict:
    pairs = [(getattr(s.method, word).pk, text) for word, text in tenders]
    data: dict = {"key": str(uuid.uuid4()), "seen": seen, "method": [pk for pk, _text in pairs]}
    return data | {f"amount_{pk}": text for pk, text in pairs} | ({"sure": "1"} if sure else {}) | more


def plain(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace(NBSP, " ").split())


def filled(s, order, **values) -> dict:
    """What the dialog fills in: {method: text} of the chosen ones, after these (method word: text) and a pick."""
    pick, quick = values.pop("pick", None), values.pop("quick", None)
    by_pk = {method.pk: word for word, method in vars(s.method).items()}
    typed = {f"amount_{getattr(s.method, word).pk}": text for word, text in values.items()}
    chosen = [getattr(s.method, word).pk for word in values]
    if pick:
        chosen.append(getattr(s.method, pick).pk)
        typed["pick"] = str(getattr(s.method, pick).pk)
    if quick:
        typed["quick"] = quick
    order.refresh_from_db()
    return {by_pk[key.method.pk]: key.typed for key in sheet(order, typed, chosen).chosen}


# ---- what is filled in -------------------------------------------------------------------------------------------
def test_a_chosen_method_takes_the_whole_balance(s):
    order = money.order(s, "100.00", "74.95")
    assert filled(s, order, pick="bank") == {"bank": "174,95"}
    deposit(order_id=order.pk, tenders=[(s.method.bank.pk, D("50.00"))], employee=s.office)
    assert filled(s, order, pick="ideal") == {"ideal": "124,95"}


def test_another_method_takes_the_place_of_one_that_holds_everything(s):
    order = money.order(s, "100.00")
    assert filled(s, order, bank="100,00", pick="ideal") == {"ideal": "100,00"}


def test_a_second_method_takes_what_the_first_leaves(s):
    order = money.order(s, "100.00")
    assert filled(s, order, bank="60", pick="ideal") == {"bank": "60", "ideal": "40,00"}


def test_tegoed_takes_no_more_than_there_is(s):
    order = money.order(s, "100.00")
    CreditAccount.objects.create(customer=s.customer, balance=D(75))
    assert filled(s, order, pick="tegoed") == {"tegoed": "75,00"}
    assert filled(s, order, tegoed="75,00", pick="bank") == {"tegoed": "75,00", "bank": "25,00"}


def test_quick_amounts_are_parts_of_the_total_and_what_the_soort_asks(s):
    order = money.order(s, "1748.27", deposit_percent="30")
    # 30 % of 1,748.27 is 524.48(1), 25 % 437.06(75) and so 437.07, 50 % 874.13(5) and so 874.14
    assert sheet(order).quick == [
        ("all", "Alles", D("1748.27")),
        ("type", f"30{NBSP}%, volgens Soort", D("524.48")),
        ("25", f"25{NBSP}% van totaal", D("437.07")),
        ("50", f"50{NBSP}% van totaal", D("874.14")),
    ]
    assert filled(s, order, bank="1.748,27", quick="type") == {"bank": "524,48"}
    assert filled(s, order, bank="100,00", ideal="", quick="50") == {"bank": "100,00", "ideal": "774,14"}
    deposit(order_id=order.pk, tenders=[(s.method.bank.pk, D("1400.00"))], employee=s.office)
    order.refresh_from_db()
    # 348.27 is left: the half and the quarter do not fit any more, and the Soort is satisfied
    assert sheet(order).quick == [("all", "Alles", D("348.27"))]


def test_a_quick_amount_in_cash_is_a_multiple_of_five_cents(s):
    s.method.contant.at_desk = True
    s.method.contant.save()
    money.session(s)
    order = money.order(s, "1748.27")
    assert filled(s, order, contant="1.748,27", quick="25") == {"contant": "437,05"}
    assert filled(s, order, contant="437,05", quick="all") == {"contant": "1.748,27"}  # rounded as it is booked


def test_of_less_than_one_euro_everything_is_filled_in_as_of_more(s):
    order = money.order(s, "0.90")
    assert sheet(order).quick == [
        ("all", "Alles", D("0.90")), ("25", f"25{NBSP}% van totaal", D("0.23")),
        ("50", f"50{NBSP}% van totaal", D("0.45")),
    ]  # fmt: skip
    assert filled(s, order, pick="bank") == {"bank": "0,90"}
    assert filled(s, order, bank="0,40", pick="ideal") == {"bank": "0,40", "ideal": "0,50"}
    assert filled(s, order, bank="0,40", ideal="", quick="50") == {"bank": "0,40", "ideal": "0,05"}
    part = sheet(order, {f"amount_{s.method.bank.pk}": "0,40"}, [s.method.bank.pk])
    assert (part.rest, part.after, part.cash) == (D("0.90"), D("0.50"), False)
    CreditAccount.objects.create(customer=s.customer, balance=D("0.75"))
    assert filled(s, order, pick="tegoed") == {"tegoed": "0,75"}


# ---- the keys ----------------------------------------------------------------------------------------------------
def test_every_key_says_what_it_is_and_whether_it_can_be_chosen_now(s):
    s.method.contant.at_desk = True
    s.method.contant.save()
    order = money.order(s, "100.00")
    keys = [(key.method.name, key.icon, key.note, key.usable, key.most) for key in sheet(order).keys]
    assert keys == [
        ("Contant", "banknote", "geen open kassa", False, None),
        ("Bank", "landmark", "overboeking", True, None),
        ("iDEAL", "link", "online betaald", True, None),
        ("Tegoed", "wallet", "geen tegoed", False, D(0)),
    ]
    CreditAccount.objects.create(customer=s.customer, balance=D(75))
    money.session(s)
    first, *_others, last = sheet(order).keys
    assert (first.note, first.usable) == ("in een open lade", True)
    assert (last.note, last.usable, last.most) == (f"beschikbaar €{NBSP}75,00", True, D(75))


def test_pin_has_no_key_and_contant_only_where_the_shop_allows_it(client, s):
    order = money.order(s, "100.00")
    text = plain(client.get(url(order)))
    assert "Bank overboeking" in text
    assert "Tegoed geen tegoed" in text
    assert "Contant" not in text
    assert "Pin" not in text
    s.method.contant.at_desk = True
    s.method.contant.save()
    assert "Contant geen open kassa" in plain(client.get(url(order)))
    money.session(s)
    assert "Contant in een open lade" in plain(client.get(url(order)))


def test_without_a_method_for_the_desk_the_dialog_says_so(client, s):
    order = money.order(s, "100.00")
    type(s.method.bank).objects.update(active=False)
    assert "Er is hier nog geen betaalwijze voor de backoffice." in plain(client.get(url(order)))


# ---- confirming --------------------------------------------------------------------------------------------------
def test_betaling_bevestigen_asks_and_books_nothing(client, s):
    order = money.order(s, "100.00", ("50.00", "low"))
    answer = client.post(url(order), posted(s, order, ("bank", "60,00"), ("ideal", "40")))
    assert answer.status_code == 200
    text = plain(answer)
    assert f"€ 100,00 aanbetalen op {order.number}?" in text
    assert "Betaalwijzen Bank € 60,00, iDEAL € 40,00, Anna Vermeer" in text
    assert "Daarna nog te betalen € 50,00" in text
    assert not LedgerEntry.objects.exists()


def test_ja_books_and_goes_back_to_the_order(client, s):
    order = money.order(s, "100.00")
    data = posted(s, order, ("bank", "60,00"), sure=True)
    for _ in range(2):  # pressed twice
        answer = client.post(url(order), data)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, reverse("sales:order", args=[order.pk]))
    assert rows(order) == [("deposit", "bank", D(60))]
    assert "De aanbetaling is geregistreerd" in plain(client.get(reverse("sales:order", args=[order.pk])))


def test_cash_that_closes_says_how_it_is_rounded_and_in_which_drawer(client, s):
    s.method.contant.at_desk = True
    s.method.contant.save()
    drawer = money.session(s)
    money.session(s, till=factories.till(s.branch, 2))
    order = money.order(s, "41.33")
    data = posted(s, order, ("contant", "41,33"), session="")
    answer = client.post(url(order), data)
    assert answer.status_code == 422
    assert "Kies in welke open lade het contante geld gaat." in plain(answer)
    answer = client.post(url(order), data | {"session": str(drawer.pk)})
    text = plain(answer)
    assert answer.status_code == 200
    assert "Betaalwijze Contant , Anna Vermeer Contant in de lade van Kassa 1." in text
    # 41.33 is paid with 41.35 in cash; the two cents have a row of their own
    assert "waarvan afronding op 5 cent − € 0,02" in text
    assert "Daarna nog te betalen € 0,00" in text
    assert client.post(url(order), data | {"session": str(drawer.pk), "sure": "1"}).status_code == 204
    assert rows(order) == [("deposit", "cash", D("41.35")), ("rounding", "", D("-0.02"))]


@pytest.mark.parametrize("sure", [False, True])
@pytest.mark.parametrize(
    ("tenders", "sentence"),
    [
        ([], "Kies een betaalwijze en vul een bedrag in."),
        ([("bank", "")], "Vul een bedrag in."),
        ([("bank", "0")], "Vul een bedrag boven nul in."),
        ([("bank", "-5,00")], "Een bedrag onder nul kan hier niet."),
        ([("bank", "100,01")], "Er is nog € 100,00 te betalen; meer aannemen kan niet."),
        ([("bank", "1,000.00")], "is geen bedrag. Typ bijvoorbeeld 1.234,56."),
        ([("bank", "1e2")], "is geen bedrag. Typ bijvoorbeeld 1.234,56."),
        ([("bank", "5,001")], "Een bedrag heeft hoogstens twee cijfers achter de komma."),
        ([("bank", "60,00"), ("ideal", "40,01")], "Er is nog € 100,00 te betalen; meer aannemen kan niet."),
        ([("tegoed", "10,00")], "Er is € 0,00 tegoed; meer kan er niet van af."),
        ([("pin", "10,00")], "Pin kan alleen via de kassa. Kies een andere betaalwijze."),
        ([("contant", "10,00")], "Contant kan alleen via de kassa. Kies een andere betaalwijze."),
    ],
)
def test_what_is_refused_keeps_what_was_typed_and_books_nothing(client, s, tenders, sentence, sure):
    order = money.order(s, "100.00")
    answer = client.post(url(order), posted(s, order, *tenders, sure=sure))
    assert answer.status_code == 422
    assert sentence in plain(answer).replace("&gt;", ">")
    for word, text in tenders:
        if word in ("bank", "ideal", "tegoed"):
            assert f'value="{text}"' in answer.content.decode() or not text
    assert not LedgerEntry.objects.exists()
    order.refresh_from_db()
    assert order.paid_total.amount == 0


def test_somebody_who_paid_meanwhile_is_answered_with_both_values(client, s):
    order = money.order(s, "100.00")
    deposit(order_id=order.pk, tenders=[(s.method.bank.pk, D(30))], employee=s.manager)
    for sure in (False, True):
        answer = client.post(url(order), posted(s, order, ("ideal", "100,00"), sure=sure))
        text = plain(answer)
        assert answer.status_code == 409
        assert "Joris van Dam heeft dit om" in text
        assert "Aanbetaald € 30,00 € 0,00 Nog te betalen € 70,00 € 100,00" in text
        assert 'name="seen" value="30,00"' in answer.content.decode()
    assert rows(order) == [("deposit", "bank", D(30))]


def test_an_order_that_came_to_something_else_meanwhile_shows_both_totals_and_books_nothing(client, s):
    order = money.order(s, "100.00")
    amendment = amending.amend(order_id=order.pk, employee=s.manager)
    article = factories.article(price="40.00", stocked=False).variants.get()
    lines.add(order_id=amendment.pk, items=[(article.pk, D(1))], employee=s.manager)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.manager)
    for sure in (False, True):
        answer = client.post(url(order), posted(s, order, ("bank", "100,00"), sure=sure, seen_total="100,00"))
        assert answer.status_code == 409
        assert "Joris van Dam heeft dit om" in plain(answer) and "Totaal € 140,00 € 100,00" in plain(answer)
        assert 'name="seen_total" value="140,00"' in answer.content.decode()
    assert rows(order) == []
    assert (
        client.post(url(order), posted(s, order, ("bank", "100,00"), sure=True, seen_total="140,00")).status_code == 204
    )
    assert rows(order) == [("deposit", "bank", D(100))]


def test_a_key_that_was_used_for_another_amount_is_refused_and_replaced(client, s):
    order = money.order(s, "100.00")
    data = posted(s, order, ("bank", "30,00"), sure=True)
    assert client.post(url(order), data).status_code == 204
    again = data | {f"amount_{s.method.bank.pk}": "31,00", "seen": "30,00"}
    answer = client.post(url(order), again)
    assert answer.status_code == 409
    assert data["key"] not in answer.content.decode()
    assert rows(order) == [("deposit", "bank", D(30))]


def test_a_draft_and_a_paid_order_have_no_dialog(client, s):
    draft = money.order(s, "100.00", confirmed=False)
    assert client.get(url(draft)).status_code == 422
    paid = money.order(s, "100.00")
    deposit(order_id=paid.pk, tenders=[(s.method.bank.pk, D(100))], employee=s.office)
    answer = client.get(url(paid))
    assert answer.status_code == 422
    assert f"Order {paid.number} is al helemaal betaald." in plain(answer)
    assert "Aanbetalen" not in plain(client.get(reverse("sales:order", args=[paid.pk])))


def test_another_branchs_order_is_not_there(client, s):
    order = money.order(s, "100.00")
    client.force_login(factories.employee("seller", factories.branch("Zeist")))
    assert client.get(url(order)).status_code == 404
    assert client.post(url(order), posted(s, order, ("bank", "10,00"), sure=True)).status_code == 404
    assert not LedgerEntry.objects.exists()
