"""What the shell shows on every whole page: navigation, who, and which branch."""

from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.relations.models import SCAN_PREFIXES
from backoffice.relations.selectors import branches_of

# label, icon, URL name, right, the first parts of the path that light it up
NAV = [
    ("Verkoop", "receipt-euro", "sales:orders", "sales.view", ("/verkoop/",)),
    ("Artikelen", "tag", "catalog:articles", "catalog.view", ("/artikelen/",)),
    ("Voorraad", "package", "catalog:stock", "stock.view", ("/voorraad/",)),
    ("Debiteuren", "users", "relations:customers", "customers.view", ("/debiteuren/",)),
    ("Betalingen", "wallet", "payments:outstanding", "payments.report", ("/betalingen/",)),
    ("POS", "monitor", "pos:start", "pos.use", ("/kassa/",)),
    ("Beheer", "settings", "relations:setup", "setup", ("/beheer/",)),
]

MENU = 20  # branches in the menu of every page; where there are more, the menu is read when it opens


def shell(request):
    """nav, own_branches, branch, employee, key of the desk's scanner; nothing for a fragment, a till or a stranger."""
    access = getattr(request, "access", None)
    if access is None or request.headers.get("HX-Request") or hasattr(request, "till"):
        return {}
    branches = branches_of(access, first=request.branch_id, most=MENU + 1)
    branch = next((b for b in branches if b.pk == request.branch_id), branches[0] if branches else None)
    # a set-up screen of whatever floor belongs to Beheer
    asked = getattr(request.resolver_match.func, "right", "") if request.resolver_match else ""
    at_setup = asked == "setup" or asked.endswith(".setup")
    nav = [
        {
            "label": _(label),
            "icon": icon,
            "url": reverse(name),
            "current": right == "setup" if at_setup else request.path.startswith(prefixes),
        }
        for label, icon, name, right, prefixes in NAV
        if access.can(right)
    ]
    return {
        "nav": nav,
        "own_branches": branches,
        "many_branches": len(branches) > MENU,
        "branch": branch,
        "employee": request.user,
        "scan_prefixes": SCAN_PREFIXES,
        "scan_prefix": request.user.preferences.get("scan_prefix", ""),
    }
