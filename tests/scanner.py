"""A barcode scanner (keyboard wedge): it types at its own pace by the clock of the events, however slow the test is."""

import time

KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "F9": (120, "")}  # virtual key code and the text that the key gives


def scan(page, code: str, end: str = "Enter", *, prefix: str = "", pause: float = 0.005, falters: int = 0) -> None:
    """Type the code wherever the focus is.

    prefix: the key that the scanner sends first. pause: seconds between two keys. falters: the number of characters
    before a pause of 150 ms.
    """
    at = time.time()
    keyboard = page.context.new_cdp_session(page)
    for number, key in enumerate([prefix, *code, end]):
        if not key:
            continue
        at += 0.15 if falters and number == falters + 1 else pause
        which, text = KEYS.get(key) or (ord(key.upper()), key)
        event = {"key": key, "windowsVirtualKeyCode": which, "timestamp": at}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text} | event)
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp"} | event)
    keyboard.detach()
