"""A proxy in front of an object store that fails on demand: what S3 does on a bad day.

    with faulty("http://127.0.0.1:9000") as proxy:
        proxy.plan = every(7)          # each seventh request is answered 503 SlowDown
        proxy.plan = down              # nothing is answered any more but 503
        proxy.plan = expired           # credentials have run out: 403 ExpiredToken
        proxy.plan = hanging(40, 1.0)  # each fortieth hangs for a second, then its connection is cut
        proxy.plan = either(every(7), hanging(40, 1.0))

Signatures cover the Host header, which is passed on as it came.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Fault = Callable[[int, str, str], str | float | None]
# Status -> S3's code and message.
_ANSWERS = {
    "503": ("SlowDown", "Please reduce your request rate."),
    "403": ("ExpiredToken", "The provided token has expired."),
}
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


def healthy(number: int, method: str, path: str) -> None:
    """Every request is passed on."""


def down(number: int, method: str, path: str) -> str:
    """Every request is answered 503."""
    return "503"


def expired(number: int, method: str, path: str) -> str:
    """Every request is answered 403 ExpiredToken."""
    return "403"


def every(period: int) -> Fault:
    """Each `period`-th request is answered 503; the same request again is passed on."""
    return lambda number, method, path: "503" if number % period == 0 else None


def hanging(period: int, seconds: float) -> Fault:
    """Each `period`-th request hangs, then its connection is cut; the same request again is passed on."""
    return lambda number, method, path: seconds if number % period == 0 else None


def either(*plans: Fault) -> Fault:
    """What the first of these plans does that does anything."""

    def first(number: int, method: str, path: str) -> str | float | None:
        found = (plan(number, method, path) for plan in plans)
        return next((fault for fault in found if fault is not None), None)

    return first


@dataclass
class Proxy:
    """Where it listens, what it does to requests, and how many it has seen and failed."""

    endpoint: str
    plan: Fault = healthy
    seen: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    failed: int = 0


@contextmanager
def faulty(target: str) -> Iterator[Proxy]:
    """A proxy to `target` on a free port of this machine for as long as the block lasts."""
    address = urlsplit(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = _handler(proxy, f"{address.hostname}:{address.port}")
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def _handler(proxy: Proxy, target: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            fault = proxy.plan(next(proxy.seen), self.command, self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if fault is None:
                _pass_on(self, target, body)
            else:
                proxy.failed += 1
                _fail(self, fault)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    return Handler


def _pass_on(request: BaseHTTPRequestHandler, target: str, body: bytes) -> None:
    upstream = http.client.HTTPConnection(target, timeout=120)
    upstream.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.items():
        if name.lower() not in _HOP_BY_HOP:
            upstream.putheader(name, value)
    upstream.endheaders(body or None)
    answer = upstream.getresponse()
    content = answer.read()
    headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
    upstream.close()
    if request.command != "HEAD":  # whose Content-Length speaks of what is not sent
        headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        headers.append(("Content-Length", str(len(content))))
    _answer(request, answer.status, headers, content)


def _fail(request: BaseHTTPRequestHandler, fault: str | float) -> None:
    if isinstance(fault, str):
        code, message = _ANSWERS[fault]
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'.encode()
        _answer(request, int(fault), [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))], body)
    else:
        time.sleep(fault)
        request.close_connection = True


def _answer(request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
    request.send_response(status)
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(content)
