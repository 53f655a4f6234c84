"""Who stands at a desk: presses a button, and when no answer comes presses it again with the same key."""

import http.client
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

AGAIN = 0.15  # seconds between two tries
WAITS = 20.0  # seconds for an answer
LATE = 0.3  # the same where the network is slow
GIVES_UP = 60.0  # a shop that is gone for so long is a finding


class Unanswered(Exception):
    """Nobody could say what became of it."""


class Refused(Exception):
    """The server said no where it should have said yes."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def goes_to(self) -> str:
        return self.headers.get("location") or self.headers.get("hx-redirect", "")

    @property
    def text(self) -> str:
        """What it says, without its marks."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.body.decode(errors="replace")).split())[:300]

    @property
    def busy(self) -> bool:
        """Somebody has it in hand: "Dit wordt nog verwerkt", and the browser asks again."""
        return self.status == 409 and b"wordt nog verwerkt" in self.body + self._said()

    def _said(self) -> bytes:
        return json.loads(self.headers.get("hx-trigger", "{}")).get("toast", {}).get("text", "").encode()


@dataclass
class Desk:
    """One browser. without: the guard that is off; forgets: it presses again with a new key, as no browser may."""

    port: int
    cookies: str
    csrf: str
    without: str = ""
    forgets: bool = False
    gives_up: float = GIVES_UP
    tries: int = 0
    longest: float = 0.0
    answers: list[int] = field(default_factory=list)

    def press(self, path: str, values: dict | None = None, *, fault: str = "", network: str = "") -> Answer:
        """The answer of this button, however often it has to be pressed; faults meet the first time only."""
        key, began, last = str(uuid.uuid4()), time.monotonic(), ""
        while True:
            self.tries += 1
            try:
                answer = self._send(path, {"key": key, **(values or {})}, fault, network)
                if answer.status < 500 and not answer.busy:
                    self.longest = max(self.longest, time.monotonic() - began)
                    if answer.status >= 400:
                        raise Refused(f"{path}: {answer.status} {answer.text}")
                    return answer
                last = f"{answer.status} {answer.headers}"
            except (OSError, http.client.HTTPException) as error:
                last = repr(error)  # no line, no answer, or half of one
            if time.monotonic() - began > self.gives_up:
                raise Unanswered(f"{path}: {last}")
            if self.forgets:
                key = str(uuid.uuid4())
            fault = network = ""
            time.sleep(AGAIN)

    def _send(self, path: str, values: dict, fault: str, network: str) -> Answer:
        headers = {
            "Cookie": self.cookies, "X-CSRFToken": self.csrf, "HX-Request": "true", "X-Fault": fault,
            "X-Network": network, "X-Without": self.without, "Connection": "close",
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        late = network == "slow" or fault.startswith("wait")
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LATE if late else WAITS)
        try:
            line.request("POST", path, urlencode(values, doseq=True), headers)
            answer = line.getresponse()
            body = answer.read()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
        finally:
            line.close()
