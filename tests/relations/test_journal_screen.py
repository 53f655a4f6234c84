"""Journaal: the beheerder reads who did what, filtered in the URL and paged by key."""

import datetime
import re

import pytest
import time_machine

from backoffice.core import journal
from backoffice.relations.services import setup
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/beheer/journaal/"


@pytest.fixture
def utrecht():
    return factories.branch("Utrecht")


@pytest.fixture
def admin(utrecht):
    return factories.employee("admin", utrecht, name="Bea Beheer", number="1")


@pytest.fixture
def browser(client, admin):
    client.force_login(admin)
    return client


def rows(browser, query="") -> list[tuple[str, str]]:
    drawn = browser.get(URL + query).context["drawn"]
    return [(row["entry"].action, row["subject"]) for row in drawn]


def test_a_change_of_set_up_says_what_it_was_and_what_it_is(browser, admin, utrecht):
    setup.save(
        employee=admin, label="relations.Branch", row_id=utrecht.pk, values={"city": "Utrecht-Oost"}, branch_id=None
    )
    page = browser.get(URL).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Plaats: – → Utrecht-Oost" in text and "Filiaal gewijzigd" in text and "Bea Beheer" in text
    assert "setup.branch.changed" not in text  # the name of the action is for the export
    assert f'href="/beheer/filialen/{utrecht.pk}/"' in page


def test_filters_stand_in_the_url(browser, admin, utrecht):
    zeist, sanne = factories.branch("Zeist"), factories.employee("seller", utrecht)
    journal.record(branch_id=utrecht.pk, employee=sanne, action="employee.login", about=sanne)
    journal.record(branch_id=zeist.pk, employee=admin, action="setup.till.changed", about=factories.till(zeist))
    with time_machine.travel(datetime.datetime(2026, 1, 5, 22, 59, tzinfo=datetime.UTC), tick=False):
        journal.record(branch_id=utrecht.pk, employee=admin, action="employee.login", about=admin)
    assert len(rows(browser)) == 2  # the last 31 days
    login = ("employee.login", f"medewerker {sanne.name}")
    assert rows(browser, f"?branch={utrecht.pk}") == rows(browser, f"?employee={sanne.pk}") == [login]
    assert rows(browser, "?area=employee") == rows(browser, f"?subject=relations.Employee:{sanne.pk}") == [login]
    early = ("employee.login", "medewerker Bea Beheer")
    assert rows(browser, "?from=1-1-2026&to=5-1-2026") == [early]  # 23:59 in Utrecht
    assert rows(browser, "?from=6-1-2026&to=7-1-2026") == []
    assert early in rows(browser, f"?subject=relations.Employee:{admin.pk}")  # of one object everything


@pytest.mark.parametrize(
    "query",
    ["?branch=x&employee=²&area=zzz", "?from=31-2-2026&to=٣", "?subject=:1", "?subject=a:%00", "?after=" + "9" * 30],
)
def test_what_is_no_filter_is_no_filter(browser, query):
    assert browser.get(URL + query).status_code in (200, 422)


def test_pages_go_by_key_and_every_page_costs_the_same(browser, utrecht, admin, django_assert_max_num_queries):
    for _ in range(120):
        journal.record(branch_id=utrecht.pk, employee=admin, action="employee.login", about=admin)
    seen, url = [], URL
    while url:
        with django_assert_max_num_queries(12):
            page = browser.get(url).context["page"]
        seen += [entry.sequence for entry in page.rows]
        url = page.after and f"{URL}?after={page.after}"
    assert seen == list(range(120, 0, -1))


def test_what_was_typed_is_shown_as_text(browser, admin, utrecht):
    data = {"changed": {"name": ["<b>x</b>", "<script>alert(1)</script>"]}, "reason": "<i>omdat</i>"}
    journal.record(branch_id=utrecht.pk, employee=admin, action="setup.branch.changed", about=utrecht, data=data)
    page = browser.get(URL).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "Reden: &lt;i&gt;omdat" in page


def test_a_secret_is_never_told(browser, admin, utrecht):
    till = factories.till(utrecht)
    setup.save(
        employee=admin, label="relations.Till", row_id=till.pk, values={"device_token_hash": "geheim"}, branch_id=None
    )
    page = browser.get(URL).content.decode()
    assert "geheim" not in page and "Apparaat is gewijzigd" in page


def test_values_read_as_on_the_form_and_what_is_named_by_number_has_its_name(browser, admin, utrecht):
    zeist, sanne = factories.branch("Zeist"), factories.employee("seller", utrecht, name="Sanne Bakker")
    till = factories.till(utrecht)
    data = {"changed": {
        "branch": [str(utrecht.pk), str(zeist.pk)], "active": ["True", "False"], "scan_prefix": ["", "F9"],
    }}  # fmt: skip
    journal.record(branch_id=utrecht.pk, employee=admin, action="setup.till.changed", about=till, data=data)
    roles = {"changed": {"roles": [f"seller@{utrecht.pk}", f"manager@{zeist.pk} office@all"], "pin": []}}
    journal.record(branch_id=utrecht.pk, employee=admin, action="setup.employee.changed", about=sanne, data=roles)
    wrong = {"of": sanne.pk, "failures": 4}
    journal.record(branch_id=utrecht.pk, employee=admin, action="till.wrong_pin", about=till, data=wrong)
    newest, second, first = browser.get(URL).context["drawn"]
    assert sorted(first["told"]) == ["Actief: ja → nee", "Filiaal: Utrecht → Zeist", "Voorlooptoets scanner: – → F9"]
    assert sorted(second["told"]) == [
        "Pincode is gewijzigd", "Rollen: Verkoper, Utrecht → Filiaalmanager, Zeist; Backoffice, alle filialen",
    ]  # fmt: skip
    assert (newest["said"], newest["told"]) == ("Verkeerde pincode, 4× achter elkaar", ["Van Sanne Bakker"])
    assert (newest["subject"], newest["url"]) == (f"kassa {till}", f"/beheer/kassas/{till.pk}/")


def test_what_is_gone_or_was_never_there_is_told_without_its_number(browser, admin, utrecht):
    till = factories.till(utrecht)
    journal.record(branch_id=utrecht.pk, employee=admin, action="till.unlocked", about=till)
    till.delete()
    (row,) = browser.get(URL).context["drawn"]
    assert (row["subject"], row["url"]) == ("kassa die er niet meer is", "")
    for asked in ("relations.Till:x", "relations.Till:" + "9" * 50, "no.Model:1", "zomaar:1"):
        assert browser.get(f"{URL}?subject={asked}").status_code == 200
