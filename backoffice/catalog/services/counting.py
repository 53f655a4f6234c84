"""Telling and Correctie: what lies there is brought in line with what the house believes, as moves with a reason."""

from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.catalog import stock
from backoffice.catalog.models import Article, StockLevel, StockMove, Variant
from backoffice.core import journal, locks
from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.formats import format_quantity
from backoffice.core.input import MAX_QUANTITY
from backoffice.core.keys import keyed
from backoffice.relations.models import Branch
from backoffice.relations.rights import access_of

ARTICLE = ("catalog.Article", "article_id")


@keyed("catalog.stock.count", result=ARTICLE)
def count(
    *, article_id: int, branch_id: int, counted: dict[int, Decimal], seen: dict[int, Decimal], employee
) -> Article:
    """Book what was counted of an article at a branch: {variant id: pieces}; the difference is a move "telling".

    seen: what the screen showed on hand per variant. Where that moved meanwhile the count may be of before or after it,
    so it is refused (Stale, with both values). A count goes through also where less is left than is reserved. Raises
    Refusal. A constant number of statements.
    """
    article, branch = _open(article_id, branch_id, employee)
    if not counted:
        raise Refusal("stock.nothing", _("Vul bij ten minste één variant in wat er is geteld."))
    variants = _variants(article, counted)
    wrong = [
        Refusal("stock.quantity", _("Vul in wat er ligt: nul of meer."), f"cell-{pk}")
        for pk, pieces in counted.items()
        if not pieces.is_finite() or pieces < 0 or pieces > MAX_QUANTITY
    ]
    if wrong:
        raise Refusals(wrong)
    _check_whole(article, counted.values())
    present = _locked(branch, counted)
    moved = [pk for pk in counted if seen.get(pk, Decimal(0)) != present[pk]]
    if moved:
        raise Stale(
            _("De voorraad is veranderd terwijl u telde. Tel deze opnieuw."),
            fields=[(variants[pk], format_quantity(present[pk]), format_quantity(counted[pk])) for pk in moved],
        )
    differences = [(pk, pieces - present[pk]) for pk, pieces in counted.items() if pieces != present[pk]]
    stock.move(branch, differences, reason=StockMove.Reason.COUNT, source="", employee=employee, short=True)
    _write_journal(article, branch, employee, "catalog.stock.counted", differences, counted=len(counted))
    return article


@keyed("catalog.stock.correct", result=ARTICLE)
def correct(*, article_id: int, variant_id: int, branch_id: int, quantity: Decimal, reason: str, employee) -> Article:
    """Take pieces of a variant in (above zero) or off (below zero), with a reason in words. Raises Refusal.

    What is reserved does not hold it: a broken piece is broken. Where the branch blocks, nothing goes below zero.
    """
    article, branch = _open(article_id, branch_id, employee)
    name = _variants(article, [variant_id])[variant_id]
    wrong = []
    if not quantity.is_finite() or not quantity or abs(quantity) > MAX_QUANTITY:
        wrong.append(Refusal("stock.quantity", _("Vul in hoeveel erbij komt of, met een min, eraf gaat."), "quantity"))
    if not reason.strip():
        wrong.append(Refusal("stock.reason", _("Geef een reden op."), "reason"))
    if wrong:
        raise Refusals(wrong)
    _check_whole(article, [quantity])
    differences = [(variant_id, quantity)]
    stock.change(branch, on_hand=differences, names={variant_id: name}, short=True)
    moves = [(variant_id, quantity, StockMove.Reason.CORRECTION)]
    stock.write_moves(branch, moves, source=reason.strip(), employee=employee)
    _write_journal(article, branch, employee, "catalog.stock.corrected", differences, reason=reason.strip())
    return article


def _open(article_id: int, branch_id: int, employee) -> tuple[Article, Branch]:
    branch = Branch.objects.filter(pk=branch_id, active=True).first()
    if branch is None or not access_of(employee).can("stock.correct", branch_id):
        raise Refusal("stock.branch", _("U mag de voorraad van dit filiaal niet aanpassen."))
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        raise Refusal("article.unknown", _("Dit artikel bestaat niet meer."))
    if not article.stocked:
        raise Refusal("stock.unstocked", _("Van dit artikel wordt geen voorraad bijgehouden."))
    return article, branch


def _variants(article: Article, ids) -> dict[int, str]:
    """The variants with these ids, in words. Raises Refusal when one is not of the article."""
    rows = Variant.objects.filter(article=article, pk__in=ids).select_related("colour", "size")
    found = {row.pk: " ".join(str(part) for part in (article.name, row.colour, row.size) if part) for row in rows}
    if len(found) < len(set(ids)):
        raise Refusal("variant.unknown", _("Kies een kleur en een maat van dit artikel."), "variant")
    return found


def _check_whole(article: Article, quantities) -> None:
    if not article.fractions and any(quantity != quantity.to_integral_value() for quantity in quantities):
        raise Refusal("stock.whole", _("Dit artikel gaat per heel stuk: vul een heel aantal in."), "quantity")


def _locked(branch: Branch, variant_ids) -> dict[int, Decimal]:
    """What is on hand now per variant (pieces), locked until the end of the transaction."""
    locks.note("stock")
    ids = sorted(variant_ids)
    StockLevel.objects.bulk_create([StockLevel(branch=branch, variant_id=pk) for pk in ids], ignore_conflicts=True)
    rows = StockLevel.objects.filter(branch=branch, variant_id__in=ids).select_for_update().order_by("variant_id")
    return {row.variant_id: row.on_hand for row in rows}


def _write_journal(article: Article, branch: Branch, employee, action: str, differences, **more) -> None:
    journal.write(
        branch_id=branch.pk,
        employee=employee,
        action=action,
        about=article,
        data={"differences": {str(pk): f"{quantity:f}" for pk, quantity in differences}, **more},
    )
