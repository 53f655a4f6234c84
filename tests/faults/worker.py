"""The worker's part of mail and receipts, over and over, until it is killed (`manage.py worker` itself is killed in
tests/documents/test_mail_worker.py). FAULTS_WITHOUT takes one guard away: retry or once.
"""

import os
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"

import django

django.setup()

from pos.services import printing  # noqa: E402
from sales.documents.services import sending  # noqa: E402

printing.TIMEOUT, printing.RETRY_SECONDS = 0.4, (0.2, 0.2)
without = os.environ.get("FAULTS_WITHOUT", "")

if without == "retry":  # a mail that could not be sent is given up
    failed = sending._failed
    sending._failed = lambda mail, reason, *, permanent=False: failed(mail, reason, permanent=True)
if without == "once":  # a receipt that may have come out of the printer is sent again

    class Again(printing.NotPrinted):
        def __init__(self, reason: str, retry: bool):
            super().__init__(reason, retry=True)

    printing.NotPrinted = Again

while True:
    sending.send_due()
    printing.print_due()
    time.sleep(0.05)
