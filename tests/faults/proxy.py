"""The network between desk and server, on 127.0.0.1 alone. Each request says what becomes of it: X-Network.

lose   it never arrives                   drop  it is done, and its answer never comes
cut    half of the answer comes           slow  both ways in small pieces, so late that the desk has given up
"""

import socket
import threading
import time
from collections import Counter

SLOW = 0.6  # seconds; a desk has given up by then


class Proxy:
    def __init__(self, server_port: int):
        self.server_port = server_port
        self.done: Counter[str] = Counter()  # what happened, where the server had said yes: "drop", "cut", ...
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                desk, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(desk,), daemon=True).start()

    def _pass_on(self, desk: socket.socket) -> None:
        with desk:
            try:
                request = whole(desk)
                answer = self._carried(request)
                if answer:
                    desk.sendall(answer)
            except OSError:
                pass  # one of both is gone: the other finds the line closed

    def _carried(self, request: bytes) -> bytes:
        """What comes back to the desk; nothing closes its line."""
        how = header(request, b"x-network").decode()
        if how == "lose":
            self.done[how] += 1
            return b""
        with socket.create_connection(("127.0.0.1", self.server_port)) as server:
            if how == "slow":
                for start in range(0, len(request), max(len(request) // 6, 1)):
                    server.sendall(request[start : start + max(len(request) // 6, 1)])
                    time.sleep(0.02)
            else:
                server.sendall(request)
            answer = b"".join(iter(lambda: server.recv(65536), b""))
        if how and answer[9:10] in (b"2", b"3"):
            self.done[how] += 1
        if how == "drop":
            return b""
        if how == "slow":
            time.sleep(SLOW)
        return half(answer) if how == "cut" else answer


def half(answer: bytes) -> bytes:
    """The head and half of the body; nothing, where there is no body to cut."""
    head, _end, body = answer.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[: len(body) // 2] if len(body) > 1 else b""


def whole(line: socket.socket) -> bytes:
    """A request as it was sent: its head, and as much as that says."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(line)
    head, _end, body = data.partition(b"\r\n\r\n")
    length = int(header(head, b"content-length") or 0)
    while len(body) < length:
        body += received(line)
    return head + b"\r\n\r\n" + body


def received(line: socket.socket) -> bytes:
    part = line.recv(65536)
    if not part:
        raise ConnectionResetError
    return part


def header(request: bytes, name: bytes) -> bytes:
    for row in request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        found, _colon, value = row.partition(b":")
        if found.lower() == name:
            return value.strip()
    return b""
