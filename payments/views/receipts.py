"""The payments of an order beside its lines, and their receipts: on paper and by mail."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import close_dialog, posted_key, toast, trigger
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from payments.papers import receipts
from payments.services.receipts import print_receipt
from sales import selectors
from sales.documents.forms import MailForm
from sales.documents.services import mail_texts, mailing
from sales.documents.views.papers import see, shown


@right("payments.view")
@require_GET
def of_order(request, order_id):
    """The payments of an order, newest first; the order screen loads them after the page."""
    order = selectors.shown_order(request, order_id)
    context = {
        "order": order,
        "payments": receipts.payments_of(order)[::-1],
        "may_reverse": request.access.can("payments.reverse", order.branch_id),
        "may_send": request.access.can("documents.send", order.branch_id),
    }
    return render(request, "payments/_of_order.html", context)


@right("payments.view")
@require_GET
def receipt_pdf(request, order_id, group):
    """The receipt of one payment, shown in the browser; changes nothing."""
    order = selectors.shown_order(request, order_id)
    name, content = receipts.receipt_pdf(order, receipts.payment_of(order, group))
    return shown(content, name)


@right("payments.view")
@require_POST
def receipt_print(request, order_id, group):
    """Afdrukken: recorded, then the paper."""
    order = selectors.shown_order(request, order_id)
    print_receipt(order_id=order.pk, group=group, employee=request.user, key=posted_key(request))
    return see(reverse("payments:receipt_pdf", args=[order.pk, group]))


@right("documents.send")
@require_http_methods(["GET", "POST"])
def receipt_mail(request, order_id, group):
    """Mailen: the proposal on GET, on its way on POST."""
    order = selectors.shown_order(request, order_id)
    receipts.payment_of(order, group)
    if request.method == "GET":
        initial = mail_texts.proposal(order, "deposit")._asdict() | {"recipient": mailing.address_of(order)}
        return _dialog(request, order, group, MailForm(initial=initial))
    form = MailForm(request.POST)
    if not form.is_valid():
        return _dialog(request, order, group, form, 422)
    key = posted_key(request)
    try:
        sent = mailing.queue_mail(
            order_id=order.pk, kind="deposit", subject_id=str(group), employee=request.user, request=str(key), key=key,
            **form.cleaned_data,
        )  # fmt: skip
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _dialog(request, order, group, form, refusal.status)
    told = toast(
        HttpResponse(status=204), _("De mail aan %(recipient)s wordt verzonden.") % {"recipient": sent.recipient}
    )
    return close_dialog(trigger(told, "mails-changed"))


def _dialog(request, order, group, form, status=200):
    context = {
        "order": order, "form": form, "key": new_key(), "url": request.path,
        "paper_url": reverse("payments:receipt_pdf", args=[order.pk, group]),
    }  # fmt: skip
    return render(request, "payments/receipt_mail.html", context, status=status)
