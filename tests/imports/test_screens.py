"""The screens: a file is uploaded, its columns are chosen, it is followed and its result is read."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backoffice.catalog.models import Article, StockLevel
from backoffice.core.models import ImportJob, ImportMapping
from backoffice.relations.models import Customer
from tests import factories
from tests.imports.tables import ONE, csv
from tests.imports.test_articles import STAND_IN
from tests.imports.test_worker import once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(client, shop):
    client.force_login(shop.admin, backend="backoffice.relations.backends.DeskBackend")
    return client


def send(desk, content: bytes, app: str = "catalog", name: str = "proef.csv"):
    data = {"key": str(uuid.uuid4()), "file": SimpleUploadedFile(name, content)}
    return desk.post(reverse(f"{app}:import"), data)


def read(desk, content: bytes, app: str = "catalog") -> str:
    """The page of a file that was sent, once the worker has read it."""
    url = send(desk, content, app)["Location"]
    once()
    return desk.get(url).content.decode()


def form(job: ImportJob, branch, **more) -> dict:
    chosen = {f"column-{at}": job.columns[name] for at, name in enumerate(job.options["header"])}
    return chosen | {"key": str(uuid.uuid4()), "branch": branch.pk, "mapping": ""} | more


def test_articles_from_upload_to_result(desk, shop):
    url = send(desk, STAND_IN.read_bytes())["Location"]
    assert "Het bestand wordt gelezen" in desk.get(url).content.decode()
    asked = desk.get(url, headers={"HX-Request": "true"})
    assert (asked.headers["HX-Retarget"], "hx-get" in asked.content.decode()) == ("#import-waiting", True)
    once()
    page = desk.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "5 artikelen, 30 varianten, 0 fouten" in page and "<html" not in page
    assert "5 artikelen, 30 varianten, 0 fouten" in desk.get(url).content.decode()
    job = ImportJob.objects.get()
    answer = desk.post(reverse("catalog:import_start", args=[job.pk]), form(job, shop, mapping="Onze lijst"))
    assert answer.status_code == 302
    assert "Bezig met inlezen" in desk.get(answer["Location"]).content.decode()
    assert Article.objects.count() == 0
    once()
    shown = desk.get(reverse("catalog:import_progress", args=[job.pk])).content.decode()
    assert "5 artikelen, 30 varianten, 0 fouten" in shown
    assert "hx-get" not in shown
    assert ImportMapping.objects.get().name == "Onze lijst"
    assert set(StockLevel.objects.values_list("branch", flat=True)) == {shop.pk}
    assert "5 artikelen, 30 varianten, 0 fouten" in desk.get(reverse("catalog:import")).content.decode()


def test_other_columns_and_branch_give_another_preview(desk, shop):
    other = factories.branch("Amersfoort")
    first = read(desk, csv("A1;Broek;79,95;3", header="Code X;Wat;Kost;Stuks"))
    assert "Kies de kolom voor Artikelnummer." in first
    job = ImportJob.objects.get()
    refused = desk.post(reverse("catalog:import_start", args=[job.pk]), form(job, shop))
    assert (refused.status_code, ImportJob.objects.get().status) == (422, "preview")
    chosen = {"column-0": "number", "column-1": "name", "column-2": "price", "column-3": "stock"}
    answer = desk.post(
        reverse("catalog:import_columns", args=[job.pk]), form(job, other, **chosen), headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Retarget"] == "#import-waiting" and "Wordt gelezen" in answer.content.decode()
    page = reverse("catalog:import_job", args=[job.pk])
    once()
    assert "1 artikel, 1 variant, 0 fouten" in desk.get(page).content.decode()
    wrong = form(job, shop, **chosen) | {"column-1": "number"}
    assert desk.post(reverse("catalog:import_columns", args=[job.pk]), wrong)["Location"] == page
    once()
    assert "Artikelnummer is aan twee kolommen gegeven" in desk.get(page).content.decode()
    early = desk.post(reverse("catalog:import_start", args=[job.pk]), form(job, other, **chosen))
    assert early.status_code == 422 and "Het bestand wordt gelezen" in early.content.decode()
    once()
    desk.post(reverse("catalog:import_start", args=[job.pk]), form(job, other, **chosen))
    once()
    assert StockLevel.objects.get().branch == other


def test_a_mapping_kept_by_name_is_proposed_for_the_next_file(desk, shop):
    content = csv("A1;Broek;79,95", header="Code X;Wat;Kost")
    read(desk, content)
    job = ImportJob.objects.get()
    chosen = {"column-0": "number", "column-1": "name", "column-2": "price", "mapping": "Leverancier X"}
    desk.post(reverse("catalog:import_columns", args=[job.pk]), form(job, shop, **chosen))
    once()
    desk.post(reverse("catalog:import_start", args=[job.pk]), form(job, shop, **chosen))
    page = read(desk, content)
    assert 'value="Leverancier X"' in page
    assert "1 artikel, 1 variant, 0 fouten" in page


def test_errors_are_shown_by_row_and_column_and_importing_is_refused(desk, shop):
    page = read(desk, csv(ONE, "TR2;Vest;Rood;S;2900000000019;10;21;1"))
    assert "Met 1 fout gaat er niets in" in page
    assert "Het controlecijfer van deze EAN klopt niet." in page
    job = ImportJob.objects.get()
    answer = desk.post(reverse("catalog:import_start", args=[job.pk]), form(job, shop))
    assert (answer.status_code, ImportJob.objects.get().status, Article.objects.count()) == (422, "preview", 0)


@pytest.mark.parametrize(
    ("content", "words"), [(b"%PDF-1.7", "Dit is een PDF."), (b"", "leeg"), (b"\x89PNG;b\n1;2\n", "afbeelding")]
)
def test_a_file_of_another_kind_gives_the_page_back(desk, content, words):
    answer = send(desk, content)
    assert (answer.status_code, ImportJob.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_a_file_that_cannot_be_read_says_why_and_another_can_be_chosen(desk, shop):
    page = read(desk, b"a;b\n1;=2\n")
    assert "Niets ingelezen, 1 fout" in page and "bevat een formule" in page
    assert f'href="{reverse("catalog:import")}"' in page
    job = ImportJob.objects.get()
    assert desk.post(reverse("catalog:import_start", args=[job.pk]), {"key": str(uuid.uuid4())}).status_code == 422
    assert (ImportJob.objects.get().status, Article.objects.count()) == ("failed", 0)


@pytest.mark.parametrize(
    ("most", "size", "words"),
    [
        (5_000_000, 8_100_000, "Het bestand is 8,1 MB; hoogstens 5 MB mag."),
        (5_000_000, 5_000_001, "Het bestand is 5,1 MB; hoogstens 5 MB mag."),
        (2_500_000, 12_000_000, "Het bestand is 12 MB; hoogstens 2,5 MB mag."),
        (20_000, 34_560, "Het bestand is 34,6 kB; hoogstens 20 kB mag."),
    ],
)
def test_a_file_above_the_limit_is_told_its_own_size_and_the_limit(desk, settings, most, size, words):
    settings.IMPORT_MAX_BYTES = most
    answer = send(desk, b"a;b\n" * (size // 4) + b";" * (size % 4))
    assert (answer.status_code, ImportJob.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_customers_from_upload_to_result(desk, shop):
    content = csv("Jan;Smit;jan@example.nl;3511AB;Utrecht", header="Voornaam;Achternaam;E-mail;Postcode;Plaats")
    page = read(desk, content, "relations")
    assert "1 debiteur, 0 fouten" in page
    job = ImportJob.objects.get()
    desk.post(reverse("relations:import_start", args=[job.pk]), form(job, shop))
    once()
    assert (Customer.objects.get().name, Customer.objects.get().number) == ("Jan Smit", 10001)
    assert "1 debiteur, 0 fouten" in desk.get(reverse("relations:import_job", args=[job.pk])).content.decode()


def test_a_seller_may_not_import_and_kinds_do_not_mix(desk, client, shop):
    read(desk, csv(ONE))
    job = ImportJob.objects.get()
    assert desk.get(reverse("relations:import_job", args=[job.pk])).status_code == 404
    client.force_login(factories.employee("seller", shop), backend="backoffice.relations.backends.DeskBackend")
    for name in ("import_job", "import_progress"):
        assert client.get(reverse(f"catalog:{name}", args=[job.pk])).status_code == 403
    for name in ("import_columns", "import_start", "import_stop"):
        assert client.post(reverse(f"catalog:{name}", args=[job.pk]), form(job, shop)).status_code == 403
    assert client.get(reverse("catalog:import")).status_code == 403
    assert (ImportJob.objects.get().status, Article.objects.count()) == ("preview", 0)


def test_a_catalogue_goes_in_by_hand_and_the_screen_follows_the_worker(shop, page, login):
    login(page, shop.admin)
    page.goto("/artikelen/importeren/")
    page.get_by_label("Bestand").set_input_files(STAND_IN)
    page.get_by_role("button", name="Naar het voorbeeld").click()
    page.get_by_role("heading", name="Het bestand wordt gelezen").wait_for()
    once()
    page.get_by_text("5 artikelen, 30 varianten, 0 fouten").wait_for()
    page.get_by_label("omschrijving").select_option("")
    page.get_by_text("Wordt gelezen").wait_for()
    assert page.get_by_label("omschrijving").is_visible()  # what was there stays until then
    once()
    page.get_by_text("Met 5 fouten gaat er niets in").wait_for()
    assert page.get_by_role("button", name="Importeren").is_disabled()
    page.get_by_label("omschrijving").select_option("name")
    page.get_by_text("Wordt gelezen").wait_for()
    once()
    page.get_by_role("button", name="Importeren", disabled=False).click()
    page.get_by_text("Bezig met inlezen").wait_for()
    once()
    page.get_by_text("5 artikelen, 30 varianten, 0 fouten").wait_for()
    assert Article.objects.count() == 5


def test_doubtful_customers_are_shown_and_the_file_says_what_becomes_of_them(desk, shop):
    anna = factories.customer("de Wit", first_name="Anna", email="wit@example.nl")
    content = csv("Jan;de Wit;WIT@example.nl", "Piet;Bos;bos@example.nl", header="Voornaam;Achternaam;E-mail")
    page = read(desk, content, "relations")
    assert "1 rij is misschien al bekend" in page and "Jan de Wit" in page
    assert f"Lijkt op {anna}, wit@example.nl" in page
    assert "Kies wat er gebeurt met de rijen die er misschien al zijn." in page
    job = ImportJob.objects.get()
    early = desk.post(reverse("relations:import_start", args=[job.pk]), form(job, shop))
    assert (early.status_code, Customer.objects.count()) == (422, 1)
    chosen = form(job, shop, doubtful="skip")
    desk.post(reverse("relations:import_columns", args=[job.pk]), chosen)
    once()
    page = desk.get(reverse("relations:import_job", args=[job.pk])).content.decode()
    assert "1 debiteur, 0 fouten" in page and "Overgeslagen: 1" in page
    desk.post(reverse("relations:import_start", args=[job.pk]), form(job, shop, doubtful="skip"))
    once()
    assert set(Customer.objects.values_list("name", flat=True)) == {anna.name, "Piet Bos"}


def test_a_file_that_is_being_read_is_stopped(desk, shop):
    url = send(desk, STAND_IN.read_bytes())["Location"]
    assert "Stoppen" in desk.get(url).content.decode()
    job = ImportJob.objects.get()
    stopped = desk.post(reverse("catalog:import_stop", args=[job.pk]), {"key": str(uuid.uuid4())})
    assert stopped["Location"] == url
    assert "Gestopt, niets ingelezen" in desk.get(url).content.decode()
    once()
    job.refresh_from_db()
    assert (job.status, bytes(job.content), Article.objects.count()) == ("stopped", b"", 0)
    again = desk.post(reverse("catalog:import_start", args=[job.pk]), {"key": str(uuid.uuid4())})
    assert again.status_code == 422


def test_stopping_what_is_done_shows_what_came_of_it(desk, shop):
    read(desk, STAND_IN.read_bytes())
    job = ImportJob.objects.get()
    desk.post(reverse("catalog:import_start", args=[job.pk]), form(job, shop))
    once()
    answer = desk.post(reverse("catalog:import_stop", args=[job.pk]), {"key": str(uuid.uuid4())}, follow=True)
    assert "5 artikelen, 30 varianten, 0 fouten" in answer.content.decode()
    assert (ImportJob.objects.get().status, Article.objects.count()) == ("done", 5)


def test_a_running_import_is_followed_and_stopped_by_hand(shop, page, login):
    login(page, shop.admin)
    page.goto("/artikelen/importeren/")
    page.get_by_label("Bestand").set_input_files(STAND_IN)
    page.get_by_role("button", name="Naar het voorbeeld").click()
    page.get_by_role("progressbar", name="Gelezen").wait_for()
    assert page.get_by_role("button", name="Stoppen").is_visible()
    once()
    page.get_by_role("button", name="Importeren", disabled=False).wait_for()
    assert not page.get_by_role("button", name="Stoppen").is_visible()
    page.get_by_role("button", name="Importeren").click()
    page.get_by_role("progressbar", name="Bezig met inlezen").wait_for()
    ImportJob.objects.update(rows_done=12)
    page.get_by_text("12 van 30 rijen").wait_for()
    page.get_by_role("button", name="Stoppen").click()
    page.get_by_text("Gestopt, niets ingelezen").wait_for()
    once()
    assert (ImportJob.objects.get().status, Article.objects.count()) == ("stopped", 0)
