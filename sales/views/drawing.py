"""The rows of the grid and of the list, drawn in Python: a template takes a millisecond for each, this a hundredth.

Everything that comes from data is escaped here, as a template would.
"""

from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from backoffice.core.formats import format_amount, format_date, format_percent, format_quantity
from backoffice.core.templatetags import toonbank
from sales.models import SalesOrder

TD, TEXT = "<td>", '<td class="tx">'
OOB = ' hx-swap-oob="true"'


class DrawnLine:
    """A dressed line of the grid as HTML: the whole row, or its parts that are put in their places out of band."""

    def __init__(self, line):
        self.line = line

    @property
    def row(self) -> SafeString:
        line, pk = self.line, self.line.pk
        new = " data-new" if line.new else ""
        middle = self._figures() if line.variant_id else self._text_only()
        said = escape(line.title)
        more = escape(_("Meer acties met regel %(line)s")) % {"line": said}
        delete = escape(_("Regel %(line)s verwijderen")) % {"line": said}
        return mark_safe(  # noqa: S308
            f'<tr id="l{pk}" data-url="{line.url}"{new}><td class="num muted">{line.number}{_marks(line)}</td>'
            f"{middle}"
            f'<td class="acts">'
            f'<button class="line-btn" type="button" id="l{pk}-menu" data-line-menu aria-haspopup="menu"'
            f' aria-label="{more}">{toonbank.icon("ellipsis")}</button><button class="line-btn" type="button"'
            f' id="l{pk}-delete" hx-post="{line.url}verwijderen/" hx-include="#l{pk}m" hx-swap="none"'
            f' aria-label="{delete}">{toonbank.icon("trash-2")}</button></td></tr>'
        )

    def _figures(self) -> str:
        line = self.line
        if line.matrix:
            swatch = toonbank.swatch(line.colour_hex)
            goods = f'<td class="variant">{swatch}{escape(line.colour_label)}<b>{escape(line.size_label)}</b></td>'
        else:
            number, name = escape(line.article_number), f'<span class="strong">{escape(line.description)}</span>'
            brand = f' <span class="muted">· {escape(line.brand)}</span>' if line.brand else ""
            goods = f'<td class="single"><span class="code">{number}</span>&ensp;{name}{brand}</td>'
        if done := _done(line):
            goods = goods.removesuffix("</td>") + f'<span class="done">{done}</span></td>'
        cells = "".join(f"{TEXT if cell.name == 'text' else TD}{_cell(line, cell)}</td>" for cell in line.cells)
        percent = format_percent(line.vat_percent)
        return f'{goods}{cells}<td class="num muted">{percent}</td><td class="num ruled">{_total(line)}</td>'

    def _text_only(self) -> str:
        cells = "".join(_cell(self.line, cell) for cell in self.line.cells)
        return f'<td colspan="6" class="text-only">{cells}</td><td class="num ruled"></td>'

    @property
    def marks(self) -> SafeString:
        """Revision and request key, out of band."""
        return mark_safe(_marks(self.line, OOB))  # noqa: S308

    @property
    def total(self) -> SafeString:
        """The amount, out of band."""
        return mark_safe(_total(self.line, OOB))  # noqa: S308


def cell(line, box) -> SafeString:
    """One cell, out of band."""
    return mark_safe(_cell(line, box, OOB))  # noqa: S308


def _done(line) -> str:
    """What of a line of an amendment is delivered and cancelled already, in words."""
    words = {_("%s geleverd"): line.delivered_quantity, _("%s geannuleerd"): line.cancelled_quantity}
    return escape(", ".join(word % format_quantity(abs(pieces)) for word, pieces in words.items() if pieces))


def _marks(line, oob: str = "") -> str:
    return (
        f'<span id="l{line.pk}m" hidden{oob}><input type="hidden" name="revision" value="{line.revision}">'
        f'<input type="hidden" name="key" value="{line.request_key}"></span>'
    )


def _total(line, oob: str = "") -> str:
    return f'<span id="l{line.pk}t"{oob}>{format_amount(line.line_total)}</span>'


def _cell(line, box, oob: str = "") -> str:
    identity = f"l{line.pk}-{box.name}"
    kind = f' inputmode="{box.inputmode}"' if box.inputmode else ' maxlength="500"'
    wrong = said = ""
    if box.error:
        wrong = f' aria-invalid="true" aria-describedby="{identity}-error" data-unsaved'
        said = (
            f'<span class="cell-error" id="{identity}-error" role="alert">{toonbank.icon("triangle-alert")}'
            f"{escape(str(box.error))}</span>"
        )
    return (
        f'<span class="cell-box" id="{identity}-box"{oob}><input class="cell {box.css}" id="{identity}"'
        f' name="{box.name}"'
        f' value="{escape(box.value)}" autocomplete="off"{kind} aria-label="{escape(box.label)}"{wrong}'
        f' hx-post="{line.url}" hx-include="#l{line.pk}m" hx-sync="#l{line.pk}:queue all" hx-trigger="change"'
        f' hx-swap="none">{said}</span>'
    )


def order_rows(orders) -> SafeString:
    """The rows of the list Verkooporders; each order has `late`."""
    words = {
        "statuses": {value: str(label) for value, label in SalesOrder.Status.choices},
        "payments": {value: str(label) for value, label in SalesOrder.PaymentState.choices},
        "none": escape(_("n.v.t.")),
        "late": escape(_("(te laat)")),
        "pick": _("%(name)s selecteren"),
        "draft": _("Concept %(name)s"),
        "nobody": _("zonder debiteur"),
        "url": reverse("sales:order", args=[0]).split("0"),
    }
    return mark_safe("\n".join(_order_row(order, words) for order in orders))  # noqa: S308


def _order_row(order, words) -> str:
    name = order.number or words["draft"] % {"name": order.customer_name or words["nobody"]}
    label = escape(words["pick"] % {"name": name})
    tick = f'<input type="checkbox" name="order" value="{order.pk}" aria-label="{label}">'
    if not order.owes:
        pay = f'<span class="muted">{words["none"]}</span>'
    else:
        pay = toonbank.pay(order.payment_state, words["payments"][order.payment_state])
    due = format_date(order.expected_delivery_date)
    if order.late:
        icon = toonbank.icon("triangle-alert")
        due = f'<span class="bad strong">{icon} {due}<span class="sr"> {words["late"]}</span></span>'
    gross = order.gross.amount
    left = gross - order.paid_total.amount
    owed = (
        f'<span class="strong">{format_amount(left)}</span>'
        if left and order.owes
        else '<span class="empty-zero">–</span>'
    )
    before, after = words["url"]
    return (
        f'<tr><td class="check">{tick}</td><td>'
        f'<a class="ref" href="{before}{order.pk}{after}">{escape(str(order))}</a></td>'
        f"<td>{toonbank.status(order.status_mark, words['statuses'][order.status])}</td>"
        f'<td class="num">{format_date(order.order_date)}</td>'
        f'<td class="clip strong">{escape(order.customer_name) or "–"}</td>'
        f'<td class="clip soft">{escape(order.subject)}</td>'
        f'<td class="clip soft">{escape(order.employee.name)}</td><td class="num">{due}</td>'
        f'<td class="clip soft">{escape(order.delivery_method.name)}</td><td>{pay}</td>'
        f'<td class="num ruled">{format_amount(gross)}</td><td class="num ruled">{owed}</td></tr>'
    )
