"""From the key press that ends a scan to the line on the screen of the till, in Chromium, from gunicorn."""

from playwright.sync_api import sync_playwright

from tests.bench.actions import warm_up
from tests.bench.measure import Row, percentile
from tests.bench.till import TOKEN, Counter
from tests.screenshots import CHROMIUM

# the time of Enter, and of the first frame that was painted after the basket changed
WATCH = """
window.painted = [];
let pressed = 0;
document.addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = event.timeStamp; }, true);
addEventListener("DOMContentLoaded", () => {
  new MutationObserver(() => {
    if (!pressed || !document.querySelector(".bon-li, .bon-wait")) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => window.painted.push(performance.now() - since);
      painted.port2.postMessage("");
    });
  }).observe(document.querySelector(".bon"), { subtree: true, childList: true, characterData: true });
});
"""


def row(shop, product, rounds: int) -> Row:
    """Scans into a basket of ten lines; 95 of 100 are painted within so many milliseconds."""
    counter = Counter(shop)
    basket = counter.basket(10)
    counter.lay(basket)
    codes, address = shop.codes_of(basket), f"http://127.0.0.1:{product.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="nl-NL")
        context.add_cookies([{"name": "till_device", "value": TOKEN, "url": address}])
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(f"{address}/kassa/scherm/")
        page.wait_for_selector("html[data-till=ready]")
        warm = warm_up(rounds)
        for number in range(warm + rounds):
            page.keyboard.type(codes[number % len(codes)])
            page.keyboard.press("Enter")
            page.wait_for_function("number => window.painted.length > number", arg=number, polling=5)
        times = page.evaluate("window.painted")[warm:]
        browser.close()
    title = "key press to painted line at the till, p95"
    return Row(
        "paint", title, rounds, percentile(times, 0.95), aim=50, note=f"p50 {percentile(times, 0.5):.0f}"
    ).judge()
