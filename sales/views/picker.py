"""Meerdere artikelen toevoegen: search, fill in quantities, and add all of it at once."""

from django.views.decorators.http import require_GET, require_http_methods

from backoffice.catalog import offers
from backoffice.core import http
from backoffice.core.errors import Refusal, Refusals
from backoffice.core.http import posted_key
from backoffice.core.input import InputError, parse_quantity
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import grid, selectors, status
from sales.services import lines
from sales.views import answers
from sales.views.matrix import fragment, number, table


@right("sales.edit")
@require_http_methods(["GET", "POST"])
def picker(request, order_id):
    """GET: the dialog. POST: everything that was chosen (item-<variant>), all or none."""
    if request.method == "POST":
        return _add(request, order_id)
    order = selectors.shown_order(request, order_id)
    status.guard(order, "edit")
    values = {"order": order, "groups": grid.groups(), "found": grid.results(order, ""), "key": new_key()}
    return fragment("sales/picker.html", values)


def _add(request, order_id):
    typed, items, refusals = {}, [], []
    for name, text in request.POST.items():
        kind, _dash, variant = name.partition("-")
        if kind != "item" or not number(variant) or not text.strip():
            continue
        typed[int(variant)] = text
        try:
            items.append((int(variant), parse_quantity(text, fractions=True)))
        except InputError as error:
            refusals.append(Refusal("picker.unreadable", error.message, name))
    try:
        if refusals:
            raise Refusals(refusals)
        ask = answers.ask_many(request, items, form="picker-chosen")
        if ask:
            return ask
        order = lines.add(order_id=order_id, items=items, employee=request.user, key=posted_key(request))
    except Refusal as refusal:
        return _refused(request, order_id, typed, refusal)
    answer = http.close_dialog(answers.lines_answer(request, order))
    answer.headers["HX-Reswap"] = "none"
    return answer


def _refused(request, order_id, typed, refusal):
    """What was chosen, again, with what is wrong marked; the results stay as they are."""
    order = selectors.shown_order(request, order_id)
    titles = {
        offer.variant_id: offer.title for offer in offers.offers(selectors.day_of_rates(order), variants=list(typed))
    }
    problems = getattr(refusal, "all", [refusal])
    errors = {each.field: each.message for each in problems}
    chosen = [
        {"variant": pk, "label": titles.get(pk, ""), "value": text, "error": errors.pop(f"item-{pk}", "")}
        for pk, text in typed.items()
    ]
    values = {"order": order, "chosen": chosen, "problems": list(errors.values()), "key": new_key()}
    return fragment("sales/_picker_chosen.html", values, refusal.status)


@right("sales.edit")
@require_GET
def results(request, order_id):
    """The articles found, or what follows them (?na=)."""
    order = selectors.shown_order(request, order_id)
    asked = request.GET
    found = grid.results(
        order,
        asked.get("q", "")[:100],
        group=number(asked.get("groep")),
        in_stock=bool(asked.get("voorraad")),
        after=number(asked.get("na")),
    )
    template = "sales/_picker_rows.html" if "na" in asked else "sales/_picker_results.html"
    return fragment(template, {"order": order, "found": found})


@right("sales.edit")
@require_GET
def variants(request, order_id, article_id):
    """The colours and sizes of one article, to fill in."""
    order = selectors.shown_order(request, order_id)
    article = grid.article_of(selectors.day_of_rates(order), pk=article_id)
    shown = grid.grid(order, article, held=False)
    values = {"order": order, "article": article, "grid": shown, **table(shown, prefix="pick", name=article.name)}
    return fragment("sales/_picker_variants.html", values)
