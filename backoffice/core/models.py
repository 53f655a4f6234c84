"""Core tables: numbers, request keys, the journal, the outbox and imports.

Core stands on the lowest floor: it names Branch, Till and Employee by string only.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AppendOnly(models.Model):
    """A table that only grows: role and trigger refuse UPDATE, DELETE and TRUNCATE (core.db.walls)."""

    class Meta:
        abstract = True


class NumberSeries(models.Model):
    """The next number of a gapless series, per kind, till (or none) and year (docs/decisions.md, 2)."""

    kind = models.CharField(max_length=20)
    till = models.ForeignKey("relations.Till", models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    next_value = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "till", "year"], name="number_series_one_per_year", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(next_value__gte=1), name="number_series_from_one"),
        ]


class RequestKey(models.Model):
    """One row per changing request: the first answer is given again to a repeat (docs/house.md, Request key)."""

    key = models.UUIDField(primary_key=True)
    action = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    result_type = models.CharField(max_length=60, blank=True, default="")
    result_id = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # the nightly sweep of old keys
        indexes = [models.Index(fields=["at"], name="request_key_sweep")]


class JournalEntry(AppendOnly):
    """One line of the electronic journal; a hash chain per branch. Data names people by id only."""

    branch = models.ForeignKey("relations.Branch", models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    version = models.PositiveIntegerField(null=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "sequence"], name="journal_unbroken")]
        indexes = [
            # the history beside an order
            models.Index(fields=["object_type", "object_id", "id"], name="journal_of_object"),
            # the journal's screen, and the days of an export
            models.Index(fields=["at", "id"], name="journal_by_moment"),
        ]


class JournalHead(models.Model):
    """The last link of a branch's chain: the row that is locked, always last."""

    branch = models.OneToOneField("relations.Branch", models.PROTECT, primary_key=True, related_name="+")
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class OutboxMessage(models.Model):
    """Work that follows a commit (mail, PDF, printer): written in the transaction, done by the worker."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("wachtend")
        SENT = "sent", _("verzonden")
        FAILED = "failed", _("mislukt")

    kind = models.CharField(max_length=40)
    dedupe_key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(auto_now_add=True)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # the worker's queue
        indexes = [models.Index(fields=["next_attempt_at"], condition=Q(status="waiting"), name="outbox_waiting")]


class InvariantRun(models.Model):
    """One run of `manage.py invariants`: the next looks at what changed since the last that was clean."""

    at = models.DateTimeField()
    full = models.BooleanField()
    breaches = models.PositiveIntegerField()

    class Meta:
        # the last clean run
        indexes = [models.Index(fields=["-at"], condition=Q(breaches=0), name="invariant_run_clean")]


class UpkeepNote(models.Model):
    """What the last run of a job of upkeep said, one row per job (core/upkeep.py)."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    ok = models.BooleanField()
    text = models.TextField(blank=True, default="")


class ImportMapping(models.Model):
    """Which column of a file feeds which of our fields, kept by name for the next file."""

    kind = models.CharField(max_length=20)
    name = models.CharField(_("Naam"), max_length=80)
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="import_mapping_name")]


class ImportJob(models.Model):
    """One file on its way in: uploaded and read for its preview, running, done, refused as a whole or stopped.

    columns: {header: field}; options: {"branch": id, "mapping": name, "header": names in order, "turn": how often it is
    read, "doubtful": what becomes of rows that may be there already}; rows_done: while it is read or runs; summary:
    what the preview (imports.preview) or the result says. The content is dropped when the job ends.
    """

    class Status(models.TextChoices):
        READING = "reading", _("wordt gelezen")
        PREVIEW = "preview", _("voorbeeld")
        RUNNING = "running", _("bezig")
        DONE = "done", _("klaar")
        FAILED = "failed", _("mislukt")
        STOPPED = "stopped", _("gestopt")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        # the latest imports of a kind, on the page where a file is chosen
        indexes = [models.Index(fields=["kind", "-created_at"], name="import_recent")]
