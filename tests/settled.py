"""When a page in a browser stands still."""


def settled(page) -> None:
    """Wait until the page and its fonts are loaded, and nothing that htmx asked for is under way."""
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
