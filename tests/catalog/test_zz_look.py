import pytest
from decimal import Decimal
from tests import factories
from backoffice.catalog import stock
from backoffice.catalog.models import Variant
@pytest.mark.django_db(transaction=True)
def test_look(new_page, login):
    u=factories.branch("Utrecht"); z=factories.branch("Zwolle")
    e=factories.employee("admin", name="Sanne Bakker", home_branch=u)
    boot=factories.article("70402","Chelsea boot Loods","149.95",colours=["Zwart","Cognac","Taupe","Bosgroen"],sizes=[36,37,38,39,40,41,42],brand="Stap Schoenmakers",group="Dames/Laarzen/Chelsea")
    for n,v in enumerate(boot.variants.all()):
        if n in (14,20): v.delete(); continue
        stock.change(u,on_hand=[(v.pk,Decimal((n*7)%13))],reserved=[(v.pk,Decimal(n%3))])
        stock.change(z,on_hand=[(v.pk,Decimal(n%5))])
    Variant.objects.filter(pk=factories.variant(boot,"Bosgroen","42").pk).update(active=False)
    belt=factories.article("80100","Riem Leest","39.95",brand="Leest",stock={u:4})
    for n in range(70): factories.article(f"5{n:04d}",f"Overhemd Vaart {n}","79.95",brand="Vaart",group="Heren/Overhemden",stock={u:n%4})
    for scheme in ("light",):
        p=new_page(color_scheme=scheme); login(p,e)
        for name,url in {"list":"/artikelen/","article":f"/artikelen/{boot.pk}/","belt":f"/artikelen/{belt.pk}/","edit":f"/artikelen/{boot.pk}/wijzigen/","new":"/artikelen/nieuw/","colours":"/beheer/kleuren/","vat":"/beheer/btw-tarieven/","sizes":"/beheer/maatbalken/nieuw/"}.items():
            r=p.goto(url); print(scheme,name,r.status)
            if scheme=="dark" and name not in("list","article","edit"): continue
            p.screenshot(path=f"/tmp/h-D/{scheme}-{name}.png")
    p=new_page(viewport={"width":320,"height":700}); login(p,e)
    for name,url in {"list":"/artikelen/","article":f"/artikelen/{boot.pk}/","edit":f"/artikelen/{boot.pk}/wijzigen/"}.items():
        p.goto(url); print(name, p.evaluate("[document.documentElement.scrollWidth, innerWidth]")); p.screenshot(path=f"/tmp/h-D/small-{name}.png",full_page=True)
    p=new_page(); login(p,e); p.goto(f"/artikelen/{boot.pk}/")
    v=factories.variant(boot,"Zwart","36"); box=p.locator(f"#codes-{v.pk}")
    box.fill("4006381333932"); box.press("Tab"); p.locator(f"#variant-error-{v.pk}").wait_for(); print(p.locator(f"#variant-error-{v.pk}").inner_text())
    p.screenshot(path="/tmp/h-D/wrong.png")
    p.locator(f"#codes-{v.pk}").fill("4006381333931"); p.locator(f"#codes-{v.pk}").press("Tab"); p.wait_for_timeout(800); p.locator(f"#active-{v.pk}").uncheck(); p.wait_for_timeout(800)
    print(Variant.objects.get(pk=v.pk).active, factories.code_of(v), p.locator("#stock-grid button").all_inner_texts())
    p.get_by_role("button",name="Aanzetten Zwart 36").click(); p.wait_for_load_state(); print(Variant.objects.get(pk=v.pk).active, p.url)
    p.screenshot(path="/tmp/h-D/after.png")
