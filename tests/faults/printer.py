"""A receipt printer on a port of its own: takes a receipt, hangs after it, cuts the line at once, or is off."""

import socket
import threading
from contextlib import suppress


class Printer:
    def __init__(self):
        self.how, self.taken = "takes", []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._serve()

    def be(self, how: str) -> None:
        self.how = how
        if how == "off":
            self.close()
        elif self.listener.fileno() < 0:
            self.listener = socket.create_server(("127.0.0.1", self.port))
            self._serve()

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for the next line
        self.listener.close()

    def _serve(self) -> None:
        threading.Thread(target=self._lines, args=(self.listener,), daemon=True).start()

    def _lines(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _peer = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._take, args=(line, self.how), daemon=True).start()

    def _take(self, line: socket.socket, how: str) -> None:
        with line:
            if how == "cuts":
                return
            data = b"".join(iter(lambda: line.recv(4096), b""))
            self.taken.append(data)
            if how == "hangs":
                threading.Event().wait(1)
