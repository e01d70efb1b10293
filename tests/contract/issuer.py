"""An issuer of tokens as a server in a thread, for tests that hold its private key."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.contract.forged import Forge


class Issuer(ThreadingHTTPServer):
    """Publishes a forge's public key, and remembers what it was asked for."""

    def __init__(self, audience: str) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.forge = Forge(f"{self.url}/realms/catalog", audience)


class _Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        """Give the keys, whatever the path, so that a wrong path cannot hide."""
        self.server.asked.append(self.path)
        body = json.dumps(self.server.forge.jwks()).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def issuing(audience: str) -> Iterator[Issuer]:
    """An issuer whose honest tokens are for `audience`, for as long as the block."""
    with Issuer(audience) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join()
