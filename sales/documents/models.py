"""Papers about orders that leave a trace: packing slips, outgoing mail and exports."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models import OutboxMessage
from backoffice.relations.models import Employee
from sales.documents import wording
from sales.models import Delivery, SalesOrder


class PackingSlip(models.Model):
    """Pakbon: the paper with a delivery, numbered PB-2026-00001. The goods themselves are the delivery's rows."""

    class State(models.TextChoices):
        OPEN = "open", _("Uitgeleverd")
        CANCELLED = "cancelled", _("Geannuleerd")

    number = models.CharField(_("Nummer"), max_length=24, unique=True)
    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="slip")
    # as agreed: a name and what sales.addresses keeps
    address = models.JSONField(default=dict)
    note = models.CharField(_("Opmerking"), max_length=500, blank=True, default="")
    # what it says per line of the order, in pieces as they were then: {"line", "article", "description", "colour",
    # "size", "text", "ordered", "before", "here", "open"}
    rows = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    copies = models.PositiveSmallIntegerField(default=0)

    # what a view hangs on a slip on its way to the screen; none of it is stored
    may_cancel: bool

    def __str__(self):
        return self.number


class MailTemplate(models.Model):
    """The text of an outgoing mail, kept by the shop; {nummer}, {naam} and so on are filled in (wording.py)."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Orderbevestiging")
        QUOTATION = "quotation", _("Offerte")
        SLIP = "slip", _("Pakbon")
        DEPOSIT = "deposit", _("Aanbetalingsbon")
        RECEIPT = "receipt", _("Kassabon")

    kind = models.CharField(_("Document"), max_length=12, choices=Kind.choices, unique=True)
    subject = models.CharField(_("Onderwerp"), max_length=200)
    body = models.TextField(_("Tekst"))

    class Meta:
        ordering = ["kind"]
        verbose_name, verbose_name_plural = _("mailtekst"), _("mailteksten")

    def __str__(self):
        return self.get_kind_display()

    def clean(self):
        """Raises ValidationError at the field with a placeholder that does not exist."""
        wrong = {}
        for field in ("subject", "body"):
            try:
                wording.check(getattr(self, field) or "")
            except ValidationError as error:
                wrong[field] = error
        if wrong:
            raise ValidationError(wrong)


class OutgoingMail(models.Model):
    """A mail about an order, on the outbox: what it says stands here, its fate on the message."""

    order = models.ForeignKey(SalesOrder, models.PROTECT, related_name="mails")
    message = models.OneToOneField(OutboxMessage, models.PROTECT, related_name="mail")
    kind = models.CharField(max_length=12, choices=MailTemplate.Kind.choices)
    version = models.PositiveIntegerField(default=0)
    # what the paper is of, where it is not the order itself: a packing slip's or an entry group's id
    subject_id = models.CharField(max_length=60, blank=True, default="")
    recipient = models.EmailField(_("Aan"))
    subject = models.CharField(_("Onderwerp"), max_length=200)
    body = models.TextField(_("Tekst"))
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # the mails of one order
        indexes = [models.Index(fields=["order", "id"], name="mail_of_order")]


class ExportJob(models.Model):
    """Orders on their way to a file: a list as CSV or XLSX, or many papers as one PDF; kept for a day.

    A small list is made at once: then this is only the record that it went out, without a file. query: what the URL of
    the list asked, or for papers the ids of the orders; of a table of a floor above (making.TABLES) its name, a space,
    and what was asked; of one long paper what large.asked() reads, and its title.
    """

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        PDF = "pdf", "PDF"

    class Status(models.TextChoices):
        WAITING = "waiting", _("wachtend")
        RUNNING = "running", _("bezig")
        DONE = "done", _("klaar")
        FAILED = "failed", _("mislukt")
        STOPPED = "stopped", _("gestopt")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    query = models.TextField(blank=True, default="")
    title = models.CharField(max_length=120, blank=True, default="", db_default="")
    format = models.CharField(max_length=4, choices=Format.choices)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="exports/", blank=True)
    error = models.CharField(max_length=300, blank=True, default="")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # one's latest exports, and the sweep of old ones
        indexes = [
            models.Index(fields=["employee", "-created_at"], name="export_recent"),
            models.Index(fields=["created_at"], name="export_sweep"),
        ]

    @property
    def under_way(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def table(self) -> str:
        """The name of the table that it is, where that is not the list of orders; a URL holds no space."""
        name, space, _asked = self.query.partition(" ")
        return name if space else ""
