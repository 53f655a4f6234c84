"""The tills of the demo shop: quick keys for what lies on the counter."""

from backoffice.catalog.models import Article
from backoffice.relations.models import Branch, Till
from pos.models import QuickKey, QuickKeyPage, TillLayout

# page: [(tint, names of articles)], four rows of five
PAGES = {
    "Toonbank": [
        (1, ["Schoencrème zwart", "Schoencrème neutraal", "Impregneerspray", "Inlegzool leer", "Veters rond 90 cm"]),
        (4, ["Sok Katoen", "Sok Wol", "Sjaal Domtoren", "Muts Gebreid", "Handschoenen Leer"]),
        (2, ["Broek inkorten", "Mouwen inkorten", "Rits vervangen", "Schoenen verzolen", "Hakken vernieuwen"]),
        (3, ["Cadeauverpakking", "Cadeaubon-envelop", "Wasnetje", "Kledingborstel", "Bezorgkosten"]),
    ],
    "Schoenen": [
        (5, ["Sneaker Baan", "Sneaker Court", "Runner Bos", "Sneaker Hoog Retro", "Slip-on Kade"]),
        (5, ["Derby Veldman", "Brogue Hendrik", "Chelsea boot Rijn", "Loafer Vondel", "Veterboot Heuvel"]),
        (4, ["Pump Elegant", "Enkellaars Utrecht", "Ballerina Zacht", "Laars Hoog Amazone", "Loafer Lak"]),
        (6, ["Wandelschoen Laag Limburg", "Wandelschoen Hoog Alp", "Klittenbandschoen Hup", "Laarsje Vos", "Gymschoen Sprint"]),
    ],
    "Heren": [
        (1, ["Oxford-overhemd Kade", "Linnen overhemd Zilt", "Overhemd Gracht slim fit", "Polo piqué Club", "T-shirt ronde hals"]),
        (2, ["Chino Slim Stads", "Chino Regular Polder", "Jeans Recht Havenkwartier", "Jeans Slim Noord", "Pantalon Zuidas"]),
        (3, ["Trui ronde hals Merino", "Coltrui Texel", "Parka Waddenwind", "Wollen jas Dam", "Bodywarmer Duin"]),
        (6, ["Riem Klassiek", "Riem Gevlochten", "Riem Smal", "Riem Jeans", "Portemonnee Plat"]),
    ],
}  # fmt: skip


def make() -> TillLayout:
    """Make one layout for all tills; an article that is not there leaves its place free."""
    layout = TillLayout.objects.create(name="Winkel")
    layout.tills.set(Till.objects.filter(branch__in=Branch.objects.all()))
    articles = {article.name: article for article in Article.objects.all()}
    for place, (name, rows) in enumerate(PAGES.items()):
        page = QuickKeyPage.objects.create(layout=layout, name=name, position=place)
        QuickKey.objects.bulk_create(
            QuickKey(page=page, row=row, column=column, article=articles[title], tint=tint)
            for row, (tint, titles) in enumerate(rows)
            for column, title in enumerate(titles)
            if title in articles
        )
    return layout
