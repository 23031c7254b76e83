"""Where alerts arrive: an HTTP endpoint for Slack's webhooks and an SMTP server, both keeping what they get."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Inbox:
    """Texts as they came, oldest first."""

    url: str
    texts: list[str] = field(default_factory=list)


@contextmanager
def slack() -> Iterator[Inbox]:
    """An incoming webhook."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.texts.append(json.loads(body)["text"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        inbox = Inbox(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        yield inbox
        server.shutdown()


@contextmanager
def smtp() -> Iterator[Inbox]:
    """A mail server that takes all mail; as much of SMTP as sending one needs."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 inbox\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    text = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        text += part
                    inbox.texts.append(text.decode())
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        inbox = Inbox(str(server.server_address[1]))
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        yield inbox
        server.shutdown()
