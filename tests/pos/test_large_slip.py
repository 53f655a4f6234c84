"""A packing slip of many lines that a till sends out is made by the worker: no till waits for it."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from sales.documents import papers as order_papers
from sales.documents.models import ExportJob, PackingSlip
from sales.documents.services import making, packing
from tests import factories
from tests.documents import papers
from tests.pos import counter
from tests.sales.delivery_shop import confirmed

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(client, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(order_papers, "MAX_LINES_AT_ONCE", 1)
    monkeypatch.setattr(making.Progress, "EVERY", 3600)  # its own connection does not see what a test did
    made = counter.shop()
    coat = factories.article("C-1", "Jas", "80.00", stock={made.branch: 5}).variants.get()
    made.order = confirmed(made, [(made.riem, 2), (coat, 1)], customer=made.customer)
    pieces = {line.pk: Decimal(1) for line in made.order.lines.all()}
    made.slip = packing.create_slip(order_id=made.order.pk, quantities=pieces, employee=made.office)
    counter.sit(client, made.till, made.seller)
    return made


def print_it(client, s, key=None):
    return client.post(reverse("pos:slip_print", args=[s.slip.pk]), {"key": str(key or uuid.uuid4())})


def test_the_till_shows_how_far_the_worker_is_and_then_the_paper(client, s):
    key = uuid.uuid4()
    answer = print_it(client, s, key)
    job = ExportJob.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("pos:paper_job", args=[job.pk]))
    assert (job.employee, job.rows_total, job.status) == (s.seller, 2, "waiting")
    assert print_it(client, s, key).url == answer.url and ExportJob.objects.count() == 1
    page = client.get(answer.url).content.decode()
    assert "Het bestand wordt gemaakt" in page and f'hx-get="{answer.url}"' in page and "/verkoop/" not in page
    making.run(str(job.pk))
    part = client.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    url = reverse("pos:paper_file", args=[job.pk])
    assert f'href="{url}"' in part and "<html" not in part
    file = client.get(url)
    assert file.headers["Content-Type"] == "application/pdf"
    assert f"Pakbon {s.slip.number}" in papers.flat(b"".join(file.streaming_content))
    assert PackingSlip.objects.get().copies == 1


def test_it_can_be_stopped_and_is_not_made_in_the_request(client, s):
    url = print_it(client, s).url
    job = ExportJob.objects.get()
    refused = client.get(reverse("pos:slip_pdf", args=[s.slip.pk]))
    assert refused.status_code == 422 and "Maak hem met Pakbon afdrukken" in refused.content.decode()
    stopped = client.post(reverse("pos:paper_stop", args=[job.pk]), {"key": str(uuid.uuid4())})
    assert (stopped.status_code, stopped.url) == (303, url)
    making.run(str(job.pk))
    job.refresh_from_db()
    assert job.status == "stopped" and "Gestopt" in client.get(url).content.decode()
    assert client.get(reverse("pos:paper_file", args=[job.pk])).status_code == 404


def test_the_paper_is_of_who_asked_for_it_alone(client, s):
    url = print_it(client, s).url
    counter.sit(client, s.till, s.manager)
    assert client.get(url).status_code == 404
    job = ExportJob.objects.get()
    assert client.post(reverse("pos:paper_stop", args=[job.pk]), {"key": str(uuid.uuid4())}).status_code == 404
    job.refresh_from_db()
    assert job.status == "waiting"


def test_a_slip_of_few_lines_is_shown_at_once(client, s, monkeypatch):
    monkeypatch.setattr(order_papers, "MAX_LINES_AT_ONCE", 200)
    answer = print_it(client, s)
    assert answer.url == reverse("pos:slip_pdf", args=[s.slip.pk]) and not ExportJob.objects.exists()
    assert client.get(answer.url).headers["Content-Type"] == "application/pdf"
