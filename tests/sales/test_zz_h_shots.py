import uuid, random
from decimal import Decimal
import pytest
from django.utils import timezone
from backoffice.catalog import stock
from sales.services import lines
from tests import factories
pytestmark = pytest.mark.django_db(transaction=True)
OUT="/tmp/h-h/"
def test_shots(new_page, login, live_server):
    u, z = factories.branch("Utrecht Oudegracht"), factories.branch("Zwolle")
    a = factories.branch("Amersfoort Langestraat")
    sanne = factories.employee("office", u)
    random.seed(4)
    def art(n,name,p,**k):
        x = factories.article(n,name,p,brand="Wolff & Wever",**k)
        for b in (u,z,a):
            stock.change(b,on_hand=[(v.pk,Decimal(random.choice([0,0,1,2,3,5,8,12,22]))) for v in x.variants.all()])
        return x
    look = art("48211","Oxford-overhemd Kade","49.95",colours=["Wit","Lichtblauw","Navy","Zand","Rood","Bosgroen"],sizes=range(37,45))
    for c,s in (("Navy","44"),("Zand","37"),("Zand","44")):
        look.variants.filter(colour__label=c,size__label=s).update(active=False)
    big = art("9000","Grote sneaker met een lange naam","129.95",colours=[f"Kleur nummer {n}" for n in range(15)],sizes=[str(x/2).replace(".0","").replace(".",",") for x in range(70,90)])
    small = art("9001","Riem Cognac","20",colours=["Cognac"],sizes=["85"])
    three = art("9002","Trui","59.95",colours=["Wit","Zwart","Taupe"],sizes=["XXS","XS","S","M","L","XL","XXL"])
    one = art("9003","Sok","5.95",sizes=["35-38","39-42","43-46"])
    col = art("9004","Sjaal","25",colours=["Wit","Rood"])
    for n in range(20): art(f"7{n:03}",f"Accessoire {n}","12.50")
    order = factories.draft(employee=sanne, branch=u)
    lines.add(order_id=order.pk,items=[(factories.variant(look,"Wit",s).pk,Decimal(q)) for s,q in (("40",4),("42",6))]+[(factories.variant(look,"Rood","42").pk,Decimal(30))],employee=sanne)
    for tag,opts in (("light",{}),("dark",{"color_scheme":"dark"}),("320",{"viewport":{"width":320,"height":640}})):
        page = new_page(**opts); login(page, sanne)
        def op(article):
            page.goto(f"/verkoop/verkooporders/{order.pk}/")
            page.wait_for_function("document.documentElement.dataset.scanning === 'ready'")
            page.evaluate("url => document.dispatchEvent(new CustomEvent('open-dialog', { detail: { url } }))", f"/verkoop/verkooporders/{order.pk}/maten/?artikel={article.pk}")
            page.get_by_role("dialog").wait_for(); page.wait_for_timeout(150)
        for name,x in (("look",look),("big",big),("one",small),("three",three),("sizes",one),("colours",col)):
            if tag=="dark" and name not in ("look","big"): continue
            op(x); page.screenshot(path=f"{OUT}{tag}-{name}.png")
            if name=="look":
                page.keyboard.press("Alt+F"); page.wait_for_timeout(400); page.screenshot(path=f"{OUT}{tag}-look-else.png")
                page.get_by_role("dialog").get_by_role("textbox",name="Aantal Wit 37",exact=True).fill("1,5"); page.keyboard.press("Control+Enter"); page.wait_for_timeout(900); page.screenshot(path=f"{OUT}{tag}-look-422.png")
            if name=="big":
                page.keyboard.press("Control+End"); page.wait_for_timeout(200); page.screenshot(path=f"{OUT}{tag}-big-end.png")
        page.goto(f"/verkoop/verkooporders/{order.pk}/")
        page.wait_for_function("document.documentElement.dataset.scanning === 'ready'")
        page.get_by_role("button", name="Meerdere artikelen toevoegen").click(); page.get_by_role("dialog").wait_for(); page.wait_for_timeout(200)
        page.screenshot(path=f"{OUT}{tag}-picker0.png")
        page.get_by_role("dialog").get_by_role("textbox",name="Aantal Accessoire 3",exact=True).fill("2")
        page.get_by_role("dialog").get_by_role("searchbox").fill("overhemd"); page.wait_for_timeout(700)
        page.get_by_role("dialog").get_by_role("button",name="Oxford-overhemd Kade",exact=True).click(); page.wait_for_timeout(400)
        page.get_by_role("dialog").get_by_role("textbox",name="Aantal Oxford-overhemd Kade Wit 40",exact=True).fill("3"); page.wait_for_timeout(100)
        page.screenshot(path=f"{OUT}{tag}-picker1.png")
