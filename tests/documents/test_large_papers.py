"""A paper of many lines is made by the worker, with progress and a way to stop, and says what the order says."""

import re
import time
import uuid
from contextlib import nullcontext
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.core.progress import Progress
from sales.documents import papers as order_papers
from sales.documents import sheets
from sales.documents.models import ExportJob
from sales.documents.services import exporting, making, packing
from tests import factories
from tests.documents import papers
from tests.documents.test_export import body
from tests.documents.test_print import press, printed
from tests.pos import test_check_out
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
s, basket = test_check_out.s, test_check_out.basket


def made_of(job: ExportJob) -> list[str]:
    """The files of exports that the storage holds for this job."""
    folder = default_storage.listdir("exports")[1] if default_storage.exists("exports") else []
    return [name for name in folder if name.startswith(str(job.pk))]


@pytest.fixture
def told(monkeypatch) -> list[int]:
    """Every step that a job tells, each written down at once."""
    steps: list[int] = []
    tell = Progress.__call__

    def note(self, done):
        steps.append(done)
        tell(self, done)

    monkeypatch.setattr(Progress, "EVERY", -1)
    monkeypatch.setattr(Progress, "__call__", note)
    return steps


@pytest.fixture
def small(monkeypatch):
    """Two lines are many, so that a test needs no thousand."""
    monkeypatch.setattr(order_papers, "MAX_LINES_AT_ONCE", 1)


def start(client, order) -> ExportJob:
    answer = press(client, order)
    job = ExportJob.objects.latest("created_at")
    assert (answer.status_code, answer.url) == (303, reverse("documents:export_job", args=[job.pk]))
    return job


def test_an_order_of_a_thousand_lines_is_printed_by_the_worker_and_reads_back_whole(client, told):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=papers.many(1000))
    client.force_login(sanne)
    job = start(client, order)
    assert (job.status, job.rows_total, job.title, printed(order)) == ("waiting", 1000, order.number, [1])
    assert JournalEntry.objects.get(action="documents.exported").data["title"] == order.number
    making.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, job.rows_done) == ("done", 1000)
    # a step for each sheet, never back
    assert len(told) > 25 and told == sorted(told) and told[-1] == 1000
    page = client.get(reverse("documents:export_job", args=[job.pk])).content.decode()
    assert "1.000 regels" in page and "PDF openen" in page
    answer = client.get(reverse("documents:export_file", args=[job.pk]))
    assert answer.headers["Content-Disposition"] == f'inline; filename="{order.number}.pdf"'
    sheets_read = [" ".join(sheet.split()) for sheet in papers.read(body(answer))]
    lines = re.findall(r"maat [SMLX] (\d) 59,95 ([\d.,]+)", " ".join(sheets_read))
    amounts = [Decimal(amount.replace(".", "").replace(",", ".")) for _pieces, amount in lines]
    # 1, 2, 3, 1, 2, 3 ... pieces: 333 x 6 + 1 is 1999 pieces at 59,95
    assert (len(lines), sum(int(pieces) for pieces, _amount in lines)) == (1000, 1999)
    assert sum(amounts) == order.gross.amount == Decimal("119840.05")
    assert "Nog te betalen € 119.840,05" in sheets_read[-1]
    assert f"Blad {len(sheets_read)} van {len(sheets_read)}" in sheets_read[-1]


def test_looking_at_a_long_paper_changes_nothing_and_offers_to_make_it(client, small):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 1), (white42, 2)])
    client.force_login(sanne)
    for name, more in (("confirmation_pdf", []), ("version_pdf", [1])):
        page = client.get(reverse(f"documents:{name}", args=[order.pk, *more])).content.decode()
        assert "Dit papier heeft 2 regels." in page and "PDF maken" in page
    assert (ExportJob.objects.count(), printed(order)) == (0, [])
    version = order.versions.get()
    form = {"key": str(uuid.uuid4()), "paper": f"version={version.pk}"}
    first = client.post(reverse("documents:make_paper"), form)
    assert client.post(reverse("documents:make_paper"), form).url == first.url
    job = ExportJob.objects.get()
    making.run(str(job.pk))
    answer = client.get(reverse("documents:export_file", args=[job.pk]))
    assert "Nog te betalen € 149,85" in papers.flat(body(answer))


def test_a_slip_and_a_picklist_of_many_lines_go_the_same_way(client, small):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 2), (white42, 2)])
    client.force_login(sanne)
    today = order.expected_delivery_date.isoformat()
    listed = client.get(reverse("documents:picklist_pdf"), {"date": today, "branch": branch.pk}).content.decode()
    assert "Dit papier heeft 2 regels." in listed
    [query] = re.findall(r'name="paper" value="([^"]+)"', listed)
    answer = client.post(
        reverse("documents:make_paper"), {"key": str(uuid.uuid4()), "paper": query.replace("&amp;", "&")}
    )
    job = ExportJob.objects.latest("created_at")
    making.run(str(job.pk))
    file = client.get(reverse("documents:export_file", args=[job.pk]))
    assert f"2 × {order.number}" in papers.flat(body(file))

    pieces = {line.pk: Decimal(1) for line in order.lines.all()}
    slip = packing.create_slip(order_id=order.pk, quantities=pieces, employee=sanne)
    assert "Dit papier heeft 2 regels." in client.get(reverse("documents:slip_pdf", args=[slip.pk])).content.decode()
    answer = client.post(reverse("documents:slip_print", args=[slip.pk]), {"key": str(uuid.uuid4())})
    job = ExportJob.objects.latest("created_at")
    assert answer.url == reverse("documents:export_job", args=[job.pk])
    making.run(str(job.pk))
    file = client.get(reverse("documents:export_file", args=[job.pk]))
    assert f"Pakbon {slip.number}" in papers.flat(body(file))
    slip.refresh_from_db()
    assert slip.copies == 1


def test_a_paper_of_another_branch_a_draft_and_nonsense_are_refused(client, small):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 1), (white42, 2)])
    draft = factories.draft(employee=sanne, branch=branch, items=[(white, 1)])
    client.force_login(factories.employee("seller", branch=factories.branch("Breda"), name="Bram"))
    asked = [f"order={order.pk}", f"version={order.versions.get().pk}", f"picklist={branch.pk}&by=2026-12-01",
             f"order={draft.pk}", "slip=9", "order=x", "picklist=1&by=gisteren", "", "a" * 300]  # fmt: skip
    for paper in asked:
        answer = client.post(reverse("documents:make_paper"), {"key": str(uuid.uuid4()), "paper": paper})
        assert answer.status_code == 422, paper
    assert ExportJob.objects.count() == 0


def test_a_sale_of_a_till_has_a_receipt_and_no_paper_of_its_version(s, basket):
    sold = test_check_out.pay(s, (s.method.contant, "150")).order
    with pytest.raises(Refusal, match="niets meer om af te drukken"):
        exporting.start_paper(query=f"version={sold.versions.get().pk}", employee=s.office, branch_id=s.branch.pk)
    assert ExportJob.objects.count() == 0


# ---- Stoppen -----------------------------------------------------------------------------------------------------
def stop(client, job):
    return client.post(reverse("documents:export_stop", args=[job.pk]), {"key": str(uuid.uuid4())})


def test_a_job_that_is_stopped_half_way_leaves_no_file(client, told, monkeypatch):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=papers.many(250))
    client.force_login(sanne)
    job = start(client, order)
    tell = Progress.__call__

    def stop_at_the_third(self, done):
        if len(told) == 2:
            assert stop(client, job).status_code == 303
        tell(self, done)

    monkeypatch.setattr(Progress, "__call__", stop_at_the_third)
    making.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, job.file, len(told), made_of(job)) == ("stopped", "", 3, [])
    page = client.get(reverse("documents:export_job", args=[job.pk])).content.decode()
    assert "Gestopt" in page and "Er is geen bestand gemaakt." in page and "Stoppen" not in page
    assert client.get(reverse("documents:export_file", args=[job.pk])).status_code == 404
    making.run(str(job.pk), attempt=1)  # the queue hands it out once more
    job.refresh_from_db()
    assert (job.status, len(told)) == ("stopped", 3)


def test_a_job_that_waits_is_stopped_before_it_begins_and_one_that_is_ready_stays(client, small, told):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 1), (white42, 2)])
    client.force_login(sanne)
    waiting, ready = start(client, order), start(client, order)
    assert stop(client, waiting).url == reverse("documents:export_job", args=[waiting.pk])
    making.run(str(waiting.pk))
    assert told == []
    making.run(str(ready.pk))
    stop(client, ready)
    assert [ExportJob.objects.get(pk=job.pk).status for job in (waiting, ready)] == ["stopped", "done"]
    assert len(made_of(ready)) == 1 and made_of(waiting) == []


def test_a_table_is_stopped_among_its_rows(told, monkeypatch):
    _branch, sanne = papers.shop()
    job = ExportJob.objects.create(query="letters a", format="csv", employee=sanne)
    read = []

    def rows():
        for number in range(5000):
            if number == 1200:
                together(lambda: exporting.stop_job(job_id=str(job.pk), employee=sanne))
            read.append(number)
            yield [str(number)]

    monkeypatch.setitem(making.TABLES, "letters", lambda _job: ("Letters", [sheets.Column("Letter")], rows()))
    making.run(str(job.pk))
    job.refresh_from_db()
    # it tells every 500 rows, and hears of it at the 1500th
    assert (job.status, len(read), made_of(job)) == ("stopped", 1500, [])


def test_a_job_stopped_while_its_file_is_put_away_leaves_none(client, small, monkeypatch):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 1), (white42, 2)])
    client.force_login(sanne)
    job = start(client, order)
    make = making.make
    monkeypatch.setattr(making, "make", lambda *args: (make(*args), stop(client, job)))
    making.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, made_of(job)) == ("stopped", [])


def test_nobody_stops_what_somebody_else_asked(client, small):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 1), (white42, 2)])
    client.force_login(sanne)
    job = start(client, order)
    other = factories.employee("admin", name="Iemand Anders")
    client.force_login(other)
    assert stop(client, job).status_code == 404
    with pytest.raises(Refusal):
        exporting.stop_job(job_id=str(job.pk), employee=other)
    job.refresh_from_db()
    assert job.status == "waiting"


def test_stoppen_is_pressed_on_the_screen(page, login, small):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 1), (white42, 2)])
    login(page, sanne)
    page.goto(reverse("documents:confirmation_pdf", args=[order.pk]))
    page.get_by_role("button", name="PDF maken").click()
    page.get_by_role("heading", name="Het bestand wordt gemaakt").wait_for()
    page.get_by_text("Wacht op de verwerking").wait_for()
    page.get_by_role("button", name="Stoppen").click()
    page.get_by_text("Er is geen bestand gemaakt.").wait_for()
    assert page.get_by_role("button", name="Stoppen").count() == 0
    assert ExportJob.objects.get().status == "stopped"


def test_how_far_it_is_goes_to_the_database_now_and_then(monkeypatch):
    clock = iter([100, 100.3, 100.5, 100.8, 101])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    written, job = [], SimpleNamespace(pk=uuid.uuid4())
    progress = Progress(job, ExportJob.objects.filter(pk=job.pk))
    progress.connection = SimpleNamespace(cursor=lambda: nullcontext(Cursor(written)))
    for done in (1, 2, 3, 4):
        progress(done)
    assert written == [2, 4]


class Cursor:
    """Writes down what is told to the database."""

    rowcount = 1

    def __init__(self, written: list[int]):
        self.written = written

    def execute(self, _statement, values) -> None:
        self.written.append(values[0])
