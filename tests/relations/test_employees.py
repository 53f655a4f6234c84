"""Medewerkers: roles per branch, password and PIN code; nobody raises own rights and one beheerder stays."""

import re
import uuid

import pytest
from django.contrib.auth.hashers import check_password
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry, RequestKey
from backoffice.relations.models import Employee, EmployeeRole
from backoffice.relations.rights import access_of
from backoffice.relations.services import employees
from backoffice.relations.services.employees import Secret
from tests import factories, grown
from tests.markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def utrecht():
    return factories.branch("Utrecht")


@pytest.fixture
def admin(utrecht):
    return factories.employee("admin", None, home_branch=utrecht, name="Bea Beheer")


@pytest.fixture
def browser(client, admin):
    client.force_login(admin)
    return client


def typed(utrecht, **more):
    return {
        "key": str(uuid.uuid4()), "number": "B12", "name": "Joris van Dam", "email": "Joris@Voorbeeld.nl",
        "home_branch": utrecht.pk, "active": "on", "password": "lang genoeg 12", "pin": "4821",
        f"roles_{utrecht.pk}": ["seller", "manager"],
    } | more  # fmt: skip


def grants(person):
    return set(person.roles.values_list("role", "branch_id"))


def test_an_employee_is_made_with_roles_password_and_pin(browser, utrecht, admin):
    assert browser.post(reverse("relations:employee_new"), typed(utrecht)).status_code == 302
    joris = Employee.objects.get(number="B12")
    assert (joris.email, grants(joris)) == ("joris@voorbeeld.nl", {("seller", utrecht.pk), ("manager", utrecht.pk)})
    assert joris.check_password("lang genoeg 12")
    assert "4821" not in joris.pin_hash and check_password("4821", joris.pin_hash)
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.branch, entry.object_id) == ("setup.employee.created", utrecht, str(joris.pk))
    assert "Joris" not in str(entry.data) and set(entry.data["changed"]) >= {"name", "password", "pin", "roles"}


def test_left_empty_the_password_and_pin_stay_and_roles_follow_the_ticks(browser, utrecht):
    browser.post(reverse("relations:employee_new"), typed(utrecht))
    joris = Employee.objects.get(number="B12")
    values = typed(utrecht, password="", pin="", roles_all=["office"], **{f"roles_{utrecht.pk}": []})
    assert browser.post(reverse("relations:employee", args=[joris.pk]), values).status_code == 302
    joris.refresh_from_db()
    assert joris.check_password("lang genoeg 12") and check_password("4821", joris.pin_hash)
    assert grants(joris) == {("office", None)}
    assert JournalEntry.objects.last().data == {
        "changed": {"roles": [f"manager@{utrecht.pk} seller@{utrecht.pk}", "office@all"]}
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "kort"), ("password", "1234567890123"), ("password", ""), ("pin", "123"), ("pin", "1234567"),
     ("pin", "12a4"), ("pin", "١٢٣٤"), ("pin", "1234"), ("pin", "0000"),
     ("password", "Joris-op-dinsdag"), ("email", "geen"), ("name", ""), ("number", "")],
)  # fmt: skip
def test_wrong_input_gives_the_form_back(browser, utrecht, field, value):
    answer = browser.post(reverse("relations:employee_new"), typed(utrecht, **{field: value}))
    page = answer.content.decode()
    assert answer.status_code == 422 and not Employee.objects.filter(number="B12").exists()
    assert page.count('aria-invalid="true"') == 1
    assert "lang genoeg" not in page and "4821" not in page  # secrets never come back


def test_an_address_that_is_taken_is_refused_whatever_its_case(browser, utrecht, admin):
    answer = browser.post(reverse("relations:employee_new"), typed(utrecht, email=admin.email.upper()))
    assert answer.status_code == 422 and Employee.objects.count() == 1


def save(person, by, wanted, **values):
    return employees.save(
        employee_id=person.pk, values={"active": True} | values, grants=wanted, branch_id=None, employee=by
    )


def test_nobody_raises_own_rights(admin, utrecht):
    held = [("admin", None)]
    with pytest.raises(Refusal) as refused:
        save(admin, admin, [*held, ("manager", utrecht.pk)])
    assert refused.value.code == "employee.own_rights" and grants(admin) == set(held)
    with pytest.raises(Refusal) as refused:
        save(admin, admin, held, active=False)
    assert refused.value.code == "employee.own_account"


def test_only_a_beheerder_changes_employees(utrecht, admin):
    manager = factories.employee("manager", utrecht)
    with pytest.raises(Refusal) as refused:
        save(manager, manager, [("admin", None)])
    assert refused.value.code == "setup.right" and grants(manager) == {("manager", utrecht.pk)}


def test_one_active_beheerder_always_stays(admin):
    with pytest.raises(Refusal) as refused:
        save(admin, admin, [])
    assert refused.value.code == "employee.last_admin" and grants(admin) == {("admin", None)}
    other = factories.employee("admin", name="Otto")
    save(other, admin, [("admin", None)], active=False)
    with pytest.raises(Refusal):
        save(admin, admin, [])
    save(other, admin, [("admin", None)])
    save(admin, admin, [])
    assert grants(admin) == set() and grants(other) == {("admin", None)}


def test_a_secret_leaves_no_trace_in_the_request_key(admin, utrecht):
    arguments = {"values": {"number": "9", "name": "A", "email": "a@voorbeeld.nl"}, "grants": [], "branch_id": None}
    prints = set()
    for pin in ("1358", "2469"):
        employees.save(**arguments, pin=Secret(pin), employee=admin, key=(key := uuid.uuid4()))
        prints.add(RequestKey.objects.get(key=key).fingerprint)
        Employee.objects.filter(number="9").delete()
    assert len(prints) == 1 and str(Secret("1358")) == "…"


def test_ones_own_new_password_does_not_log_out(browser, admin, utrecht):
    values = typed(utrecht, number=admin.number, name=admin.name, email=admin.email, roles_all=["admin"], pin="")
    values[f"roles_{utrecht.pk}"] = []
    assert browser.post(reverse("relations:employee", args=[admin.pk]), values).status_code == 302
    assert browser.get(reverse("relations:employees")).status_code == 200


def test_where_one_has_no_role_one_may_give_no_discount_at_all():
    utrecht, zeist = factories.branch("Utrecht"), factories.branch("Zeist")
    manager = factories.employee("manager", utrecht)
    here, there = access_of(manager).ceiling(utrecht.pk), access_of(manager).ceiling(zeist.pk)
    assert (here, there) == (30, 0)


def scopes(page: str) -> list[str]:
    return re.findall(r'name="scope" value="(\w+)"', page)


def ticked(page: str) -> set[str]:
    """What is ticked on the page, as "roles_all manager"."""
    found = set()
    for box in re.findall(r'<input type="checkbox"[^>]*name="roles_[^>]*>', page):
        if " checked" in box:
            found.add(" ".join(re.search(f'{part}="([^"]+)"', box)[1] for part in ("name", "value")))
    return found


@pytest.fixture
def everywhere(utrecht):
    """Jan of Utrecht, who sells there, and at 150 of 199 other branches."""
    jan = factories.employee("seller", utrecht, name="Jan de Vries")
    jan.places = grown.branches(utrecht, 199)
    EmployeeRole.objects.bulk_create(EmployeeRole(employee=jan, branch_id=pk, role="seller") for pk in jan.places[:150])
    return jan


def stays(jan, utrecht) -> dict:
    return {
        "key": str(uuid.uuid4()), "number": jan.number, "name": jan.name, "email": jan.email, "active": "on",
        "home_branch": utrecht.pk, "password": "", "pin": "",
    }  # fmt: skip


def test_of_many_branches_those_with_a_role_are_shown_and_no_more_than_twenty(browser, utrecht, everywhere):
    answer = browser.get(reverse("relations:employee", args=[everywhere.pk]))
    page = compact(answer)
    assert len(scopes(page)) == 22 and scopes(page)[0] == "all" and str(utrecht.pk) in scopes(page)
    assert len(answer.content) < 80_000
    # all others can be chosen, with what is held there
    assert page.count(" (Verkoper)</option>") == 151 - 21 and page.count("Filiaal Groei") >= 199
    few = compact(browser.get(reverse("relations:employee_new")))
    assert scopes(few) == ["all"] and few.count("<option") > 200


def test_up_to_twenty_branches_all_are_shown(browser, utrecht):
    grown.branches(utrecht, 19)
    page = compact(browser.get(reverse("relations:employee_new")))
    assert len(scopes(page)) == 21 and 'id="other-branch"' not in page


def test_roles_at_branches_that_were_not_shown_stay(browser, utrecht, everywhere):
    held, url = grants(everywhere), reverse("relations:employee", args=[everywhere.pk])
    shown = scopes(compact(browser.get(url)))
    ticks = {f"roles_{scope}": ["seller"] for scope in shown if scope != "all"}
    values = stays(everywhere, utrecht) | {"scope": shown}
    assert browser.post(url, values | ticks).status_code == 302
    assert grants(everywhere) == held and len(held) == 151
    # one tick taken away takes that one role
    del ticks[f"roles_{utrecht.pk}"]
    assert browser.post(url, values | ticks | {"key": str(uuid.uuid4())}).status_code == 302
    assert held - grants(everywhere) == {("seller", utrecht.pk)} and grants(everywhere) < held


def test_a_branch_that_is_chosen_is_added_and_what_was_ticked_stays(browser, utrecht, everywhere):
    url, there, none = reverse("relations:employee", args=[everywhere.pk]), *everywhere.places[148:151:2]
    shown = scopes(compact(browser.get(url)))
    asked = {"scope": shown, f"roles_{utrecht.pk}": ["manager"], "filiaal": there}
    page = compact(browser.get(url, asked, headers={"HX-Request": "true"}))
    assert page.startswith('<fieldset class="stack address-row" id="roles">')
    assert set(scopes(page)) == {*shown, str(there)}
    assert ticked(page) == {f"roles_{utrecht.pk} manager", f"roles_{there} seller"}
    # a second one, where nothing is held yet
    asked |= {"scope": scopes(page), f"roles_{there}": ["seller"], "filiaal": none}
    page = compact(browser.get(url, asked, headers={"HX-Request": "true"}))
    assert len(scopes(page)) == len(shown) + 2 and f"roles_{none} seller" not in ticked(page)
    values = stays(everywhere, utrecht) | {
        "scope": ["all", str(utrecht.pk), str(there), str(none)], f"roles_{utrecht.pk}": ["manager"],
        f"roles_{none}": ["seller", "manager"],
    }  # fmt: skip
    held = grants(everywhere)
    assert browser.post(url, values).status_code == 302
    assert grants(everywhere) - held == {("manager", utrecht.pk), ("seller", none), ("manager", none)}
    assert held - grants(everywhere) == {("seller", utrecht.pk), ("seller", there)}


def test_what_was_wrong_comes_back_with_the_branch_that_was_added(browser, utrecht, everywhere):
    there = everywhere.places[-1]
    values = stays(everywhere, utrecht) | {"scope": ["all", str(there)], f"roles_{there}": ["manager"], "name": ""}
    answer = browser.post(reverse("relations:employee", args=[everywhere.pk]), values)
    page = compact(answer)
    assert answer.status_code == 422 and scopes(page) == ["all", str(there)]
    assert ticked(page) == {f"roles_{there} manager"} and len(grants(everywhere)) == 151
