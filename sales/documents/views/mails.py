"""Mailen: the dialog, the mails of an order and their fate, Opnieuw, and mail to every ticked order."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import close_dialog, posted_key, toast, trigger
from backoffice.core.keys import new_key
from backoffice.core.models import OutboxMessage
from backoffice.relations.rights import right, scoped
from sales.documents import bulk, reading
from sales.documents.forms import MailForm
from sales.documents.models import OutgoingMail
from sales.documents.services import mail_texts, mailing
from sales.models import SalesOrder

SHOWN = 20


@right("documents.send")
@require_http_methods(["GET", "POST"])
def mail(request, order_id):
    """Mailen: the proposal on GET, on its way on POST."""
    orders = SalesOrder.objects.select_related("branch", "employee", "customer")
    order = reading.own_order(orders, order_id, request.user, "documents.send", "mail")
    kind = reading.kind_of(order)
    if request.method == "GET":
        initial = mail_texts.proposal(order, kind)._asdict() | {"recipient": mailing.address_of(order)}
        return _dialog(request, order, MailForm(initial=initial))
    form = MailForm(request.POST)
    if form.is_valid():
        key = posted_key(request)
        try:
            sent = mailing.queue_mail(
                order_id=order.pk, kind=kind, employee=request.user, request=str(key), key=key, **form.cleaned_data
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _done(_("De mail aan %(recipient)s wordt verzonden.") % {"recipient": sent.recipient})
    return _dialog(request, order, form, 422)


def _dialog(request, order, form, status=200):
    context = {"order": order, "form": form, "key": new_key(), "url": request.path}
    return render(request, "documents/mail.html", context, status=status)


def _done(text: str) -> HttpResponse:
    """The dialog closes; the panel beside the order reads its mails again."""
    return close_dialog(trigger(toast(HttpResponse(status=204), text), "mails-changed"))


@right("sales.view")
@require_GET
def mails(request, order_id):
    """The mails of an order with their fate, for the panel beside it; asks again while one waits."""
    order = get_object_or_404(scoped(SalesOrder.objects.all(), request.user, "sales.view"), pk=order_id)
    found = list(order.mails.select_related("message", "employee").order_by("-pk")[:SHOWN])
    context = {
        "order": order,
        "mails": found,
        "waiting": any(one.message.status == OutboxMessage.Status.WAITING for one in found),
        "may_send": request.access.can("documents.send", order.branch_id),
    }
    return render(request, "documents/_mails.html", context)


@right("documents.send")
@require_POST
def retry(request, mail_id):
    """Opnieuw."""
    again = mailing.retry_mail(mail_id=mail_id, employee=request.user, key=posted_key(request))
    return _done(_("De mail aan %(recipient)s wordt opnieuw geprobeerd.") % {"recipient": again.recipient})


@right("documents.send")
@require_POST
def mail_many(request):
    """Mailen for every ticked order: asks first; then each its own mail, with a result per row."""
    key = posted_key(request)
    orders = list(bulk.ticked(request, "documents.send"))
    if "sure" not in request.POST and orders:
        response = render(request, "documents/mail_many.html", _question(orders))
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog-host", "innerHTML"
        return response
    results = bulk.each(
        request, "documents.send", "mail", key, _proposed({order.pk: order for order in orders}), orders
    )
    context = bulk.told(results, _("wordt gemaild"), _("Niet gemaild"))
    return close_dialog(render(request, "documents/_results.html", context))


def _proposed(orders: dict[int, SalesOrder]):
    """Queue the mail that would be proposed for the order."""

    def queue(*, order_id: int, employee, key: uuid.UUID) -> OutgoingMail:
        order = orders[order_id]
        address = mailing.address_of(order)
        if not address:
            raise Refusal("mail.recipient", _("Er is geen e-mailadres bij deze order."))
        kind = reading.kind_of(order)
        return mailing.queue_mail(
            order_id=order_id, kind=kind, recipient=address, employee=employee, request=str(key), key=key,
            **mail_texts.proposal(order, kind)._asdict(),
        )  # fmt: skip

    return queue


def _question(orders: list[SalesOrder]) -> dict:
    count = len(orders)
    return {
        "orders": orders,
        "addresses": [(order, mailing.address_of(order)) for order in orders],
        "title": ngettext("%(count)s order mailen?", "%(count)s orders mailen?", count) % {"count": count},
        "url": reverse("documents:mail_many"),
        "key": new_key(),
    }
