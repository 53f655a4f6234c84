"""A real mail server of aiosmtpd, on a port of its own: it keeps what it receives, or answers as it is told."""

import asyncio
import email
import email.policy
import socket
import threading
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Inbox:
    """letters: what came in, parsed; answer: what is said after RCPT or DATA ("250 OK", "550 Unknown")."""

    def __init__(self):
        self.letters: list[email.message.EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.rcpt, self.data = "250 OK", "250 OK"
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        self.reached.set()
        while not self.go_on.is_set():
            await asyncio.sleep(0.02)
        if self.data.startswith("250"):
            self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
        return self.data


@contextmanager
def mail_server(settings):
    """The settings of Django point at it while it runs."""
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, ready_timeout=20)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 20
        yield inbox
    finally:
        inbox.go_on.set()
        controller.stop()
