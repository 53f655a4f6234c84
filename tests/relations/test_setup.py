"""Beheer: branches, tills, Soort and Leverwijze, each with its check and its journal entry."""

import errno
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Branch, Till
from backoffice.relations.services import setup
from sales.models import DeliveryMethod, OrderType
from tests import bombs, factories

pytestmark = pytest.mark.django_db
BRANCH = {
    "code": "ZE", "name": "Zeist", "company": "Modehuis B.V.", "street": "Slotlaan", "house_number": "1",
    "postcode": "3701gb", "city": "Zeist", "country": "NL", "phone": "030 6912345", "email": "zeist@voorbeeld.nl",
    "kvk": "12345678", "vat_id": "NL004495445B01", "iban": "NL91 ABNA 0417 1643 00", "below_stock": "warn",
    "cash_rounding": "on", "active": "on",
}  # fmt: skip


@pytest.fixture
def admin():
    return factories.employee("admin", factories.branch("Utrecht"))


@pytest.fixture
def browser(client, admin, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(admin)
    return client


def post(browser, url, values):
    return browser.post(url, {"key": str(uuid.uuid4())} | values)


def picture(kind="PNG", size=(4, 4), name="logo.png"):
    data = io.BytesIO()
    Image.new("RGB", size).save(data, kind)
    return SimpleUploadedFile(name, data.getvalue())


def test_every_card_of_beheer_leads_somewhere(browser):
    groups = browser.get(reverse("relations:setup")).context["groups"]
    urls = [link["url"] for _title, links in groups for link in links]
    assert len(urls) >= 13
    assert {url: browser.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def test_a_branch_is_made_and_changed_and_both_stand_in_its_journal(browser, admin):
    assert post(browser, reverse("relations:branch_new"), BRANCH).status_code == 302
    zeist = Branch.objects.get(code="ZE")
    assert (zeist.postcode, zeist.phone, zeist.iban, zeist.below_stock) == (
        "3701 GB", "+31306912345", "NL91ABNA0417164300", "warn",
    )  # fmt: skip
    url = reverse("relations:branch", args=[zeist.pk])
    assert 'value="030 691 2345"' in browser.get(url).content.decode()
    post(browser, url, BRANCH | {"city": "Den Dolder"})
    made, changed = JournalEntry.objects.filter(branch=zeist).order_by("sequence")
    assert (made.action, changed.action, changed.employee) == ("setup.branch.created", "setup.branch.changed", admin)
    assert changed.data == {"changed": {"city": ["Zeist", "Den Dolder"]}}


def test_saving_without_a_change_writes_nothing_in_the_journal(browser):
    post(browser, reverse("relations:branch_new"), BRANCH)
    post(browser, reverse("relations:branch", args=[Branch.objects.get(code="ZE").pk]), BRANCH)
    assert JournalEntry.objects.count() == 1


def test_a_wrong_branch_comes_back_as_it_was_typed(browser):
    wrong = BRANCH | {
        "kvk": "12",
        "vat_id": "NL1",
        "iban": "NL00",
        "postcode": "12",
        "phone": "x",
        "email": "a@b",
        "code": "",
    }
    answer = post(browser, reverse("relations:branch_new"), wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count('aria-invalid="true"') == 7
    assert 'value="NL00"' in page and not Branch.objects.filter(name="Zeist").exists()
    assert not JournalEntry.objects.exists()


def test_a_code_that_is_taken_is_refused(browser, admin):
    answer = post(browser, reverse("relations:branch_new"), BRANCH | {"code": admin.home_branch.code})
    assert answer.status_code == 422 and Branch.objects.count() == 1


def test_a_logo_that_the_disk_has_no_room_for_leaves_the_branch_as_it_was(browser, admin, monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    before = Branch.objects.values().get()
    url = reverse("relations:branch", args=[admin.home_branch.pk])
    answer = post(browser, url, BRANCH | {"logo": picture()})
    assert answer.status_code == 503 and "De schijf van de server is vol" in answer.content.decode()
    assert Branch.objects.values().get() == before and not JournalEntry.objects.exists()


def test_a_logo_is_a_picture_by_its_content_and_can_be_taken_off(browser, admin):
    url = reverse("relations:branch", args=[admin.home_branch.pk])
    svg = SimpleUploadedFile("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/png")
    for refused in (svg, picture("GIF"), picture("BMP", (800, 800)), picture(name="logo.html")):
        assert post(browser, url, BRANCH | {"logo": refused}).status_code == 422
    assert not Branch.objects.get(pk=admin.home_branch.pk).logo
    assert post(browser, url, BRANCH | {"logo": picture(name="../../kwaad.png")}).status_code == 302
    logo = Branch.objects.get(pk=admin.home_branch.pk).logo
    assert logo.name.startswith("logos/") and logo.name.endswith(".png") and "kwaad" not in logo.name
    drawn = SimpleUploadedFile("logo.png", b"<svg/>")
    assert "geen leesbare PNG- of JPEG-afbeelding" in post(browser, url, BRANCH | {"logo": drawn}).content.decode()
    shown = browser.get(reverse("relations:branch_logo", args=[admin.home_branch.pk]))
    assert shown.headers["Content-Type"] == "image/png" and b"".join(shown)[:4] == b"\x89PNG"
    post(browser, url, BRANCH)
    assert Branch.objects.get(pk=admin.home_branch.pk).logo.name == logo.name
    post(browser, url, BRANCH | {"drop_logo": "on"})
    assert not Branch.objects.get(pk=admin.home_branch.pk).logo
    assert browser.get(reverse("relations:branch_logo", args=[admin.home_branch.pk])).status_code == 404


def test_a_logo_is_kept_as_large_as_paper_shows_it(browser, admin):
    """Of 10,000 x 4,900 points every PDF took 4.9 s: a JPEG is reduced, and such a PNG refused."""
    url = reverse("relations:branch", args=[admin.home_branch.pk])
    assert post(browser, url, BRANCH | {"logo": picture("JPEG", (10_000, 4_900), "logo.jpg")}).status_code == 302
    logo = Branch.objects.get(pk=admin.home_branch.pk).logo
    with logo.open() as file, Image.open(file) as kept:
        assert (kept.format, kept.size) == ("JPEG", (960, 470)) and logo.size < 10_000
    large = SimpleUploadedFile("logo.png", bombs.png(10_000, 4_900))
    answer = post(browser, url, BRANCH | {"logo": large})
    assert answer.status_code == 422 and "meer dan 20 miljoen beeldpunten" in answer.content.decode()
    assert Branch.objects.get(pk=admin.home_branch.pk).logo.name == logo.name


def test_a_first_logo_beside_a_mistake_gives_the_form_back(browser, admin):
    url = reverse("relations:branch", args=[admin.home_branch.pk])
    answer = post(browser, url, BRANCH | {"iban": "NL00", "logo": picture()})
    assert answer.status_code == 422 and 'value="NL00"' in answer.content.decode()
    assert not Branch.objects.get(pk=admin.home_branch.pk).logo


def test_a_till_number_is_there_once_per_branch(browser, admin):
    values = {
        "branch": admin.home_branch.pk,
        "number": "1",
        "name": "Kassa voor",
        "printer_port": "9100",
        "paper_columns": "42",
        "active": "on",
    }
    assert post(browser, reverse("relations:till_new"), values).status_code == 302
    answer = post(browser, reverse("relations:till_new"), values | {"name": "Kassa achter"})
    assert answer.status_code == 422 and "Kassa achter" in answer.content.decode()
    assert Till.objects.get().name == "Kassa voor"
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.branch) == ("setup.till.created", admin.home_branch)


def test_soort_and_leverwijze_are_kept_by_the_shop(browser, admin):
    soort = {
        "name": "Bedrijfskleding",
        "vat_mode": "exclusive",
        "deposit_percent": "12,5",
        "position": "3",
        "active": "on",
    }
    post(browser, reverse("sales:order_type_new"), soort)
    order_type = OrderType.objects.get()
    assert (order_type.vat_mode, str(order_type.deposit_percent), order_type.may_cancel) == (
        "exclusive",
        "12.50",
        False,
    )
    assert 'value="12,5"' in browser.get(reverse("sales:order_type", args=[order_type.pk])).content.decode()
    for wrong in ("101", "-1", "12,555", "veel"):
        answer = post(browser, reverse("sales:order_type_new"), soort | {"name": "Anders", "deposit_percent": wrong})
        assert answer.status_code == 422 and f'value="{wrong}"' in answer.content.decode()
    assert OrderType.objects.count() == 1
    wijze = {"name": "Thuisbezorgd", "kind": "delivery", "till_text": "Bezorgen", "position": "1", "active": "on"}
    post(browser, reverse("sales:delivery_method_new"), wijze)
    method = DeliveryMethod.objects.get()
    post(browser, reverse("sales:delivery_method", args=[method.pk]), wijze | {"active": ""})
    assert "Inactief" in browser.get(reverse("sales:delivery_methods")).content.decode()
    assert list(JournalEntry.objects.order_by("sequence").values_list("action", "branch")) == [
        ("setup.ordertype.created", admin.home_branch.pk),
        ("setup.deliverymethod.created", admin.home_branch.pk),
        ("setup.deliverymethod.changed", admin.home_branch.pk),
    ]


def test_the_service_asks_the_right_and_the_models_rules_itself(admin):
    values = {"name": "Offerte", "deposit_percent": 120}
    with pytest.raises(Refusal) as refused:
        setup.save(label="sales.OrderType", values=values, branch_id=None, employee=factories.employee("manager"))
    assert refused.value.code == "setup.right"
    with pytest.raises(Refusal) as refused:
        setup.save(label="sales.OrderType", values=values, branch_id=None, employee=admin)
    assert "0 tot en met 100" in refused.value.message
    assert not OrderType.objects.exists() and not JournalEntry.objects.exists()


def test_the_admin_reads_texts_as_every_other_screen(browser, admin):
    url = reverse("admin:sales_deliverymethod_add")
    values = {"name": "Fiets", "kind": "pickup", "till_text": "", "position": "0", "active": "on"}
    for wrong in ("a\x00b", "a\x1b@b", "a\x07"):
        answer = browser.post(url, values | {"till_text": wrong})
        assert answer.status_code == 200 and "De tekst bevat een teken" in answer.content.decode()
    assert not DeliveryMethod.objects.filter(name="Fiets").exists()
    assert browser.post(url, values | {"till_text": "  Cafe\u0301  "}).status_code == 302
    assert DeliveryMethod.objects.get(name="Fiets").till_text == "Café"


def test_a_change_is_journalled_at_the_branch_where_it_was_made(admin):
    zeist = factories.branch("Zeist")
    setup.record(OrderType.objects.create(name="Winkelorder"), "changed", admin, zeist.pk, {"name": ["A", "B"]})
    setup.record(OrderType.objects.create(name="Weborder"), "changed", admin, None, {"name": ["C", "D"]})
    utrecht = Branch.objects.get(name="Utrecht")
    assert [entry.branch_id for entry in JournalEntry.objects.order_by("pk")] == [zeist.pk, utrecht.pk]
