"""How what is printed, mailed and exported reads in the journal (relations/journal_words.py)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.formats import format_datetime
from backoffice.relations.journal_words import ACTIONS, THINGS, Thing, add_setup
from sales.documents.models import ExportJob, MailTemplate


def _exported(data: dict) -> str:
    said = _("Geëxporteerd als %(form)s") % {"form": data["format"].upper()}
    rows = data.get("rows")
    return f"{said}, {ngettext('%(rows)s regel', '%(rows)s regels', rows) % {'rows': rows}}" if rows else said


def _export(job: ExportJob) -> str:
    return _("export van %(at)s") % {"at": format_datetime(job.created_at)}


def add() -> None:
    add_setup(MailTemplate, "documents:mail_text", takes=lambda row: row.kind)
    THINGS["documents.ExportJob"] = Thing(_export)
    ACTIONS.update({
        "documents.order.printed": gettext_lazy("Afgedrukt"),
        "documents.slip.printed": lambda data: _("Pakbon %(slip)s afgedrukt") % {"slip": data["slip"]},
        "documents.mail.queued": gettext_lazy("Mail klaargezet"),
        "documents.mail.retried": gettext_lazy("Mail opnieuw klaargezet"),
        "documents.exported": _exported,
    })  # fmt: skip
