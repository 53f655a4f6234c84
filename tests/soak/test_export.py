"""A hundred thousand orders to a file: all of them in it, and no more memory than for a few."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connections

from backoffice.relations.models import Employee
from sales.documents.models import ExportJob
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
MEBIBYTES = 200
# what the worker does for one job, in a process of its own, and the most memory that it took (getrusage would count
# what the process that started it had)
CHILD = r"""
import os, re, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "backoffice.settings"
django.setup()
from sales.documents.services import making
making.run(sys.argv[1])
print(int(re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_large_list_takes_little_memory(settings, tmp_path, form):
    settings.MEDIA_ROOT = tmp_path
    orders = count(100_000, 3_000)
    call_command("make_scale_data", variants=200, orders=orders, verbosity=0)
    job = ExportJob.objects.create(
        query="sort=-total", format=form, rows_total=orders, employee=Employee.objects.order_by("pk")[0]
    )
    now = connections["default"].settings_dict
    url = f"postgresql://{now['USER']}:{now['PASSWORD']}@/{now['NAME']}?host={now['HOST']}&port={now['PORT'] or 5432}"
    environment = os.environ | {"DATABASE_URL": url, "MEDIA_ROOT": str(tmp_path)}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(job.pk)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    job.refresh_from_db()
    assert (job.status, job.rows_done) == ("done", orders)
    path = tmp_path / job.file.name
    if form == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = sum(1 for _row in csv.reader(file, delimiter=";")) - 1
    else:
        sheet = openpyxl.load_workbook(path, read_only=True).active
        rows = sum(1 for _row in sheet.iter_rows(values_only=True)) - 1
    peak = int(done.stdout)
    assert (rows, peak < MEBIBYTES) == (orders, True)
    report(f"export {form}", orders=orders, seconds=round(took, 1), MiB=peak, bytes=path.stat().st_size)
