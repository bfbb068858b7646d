"""What stands between the deployed system and the network: a proxy through which functions reach the identity
provider under its real name, and a plain address of the API for programs that cannot set a Host header."""

import http.server
import socket
import ssl
import threading
import urllib.error
import urllib.request

SECONDS = 30


class Proxy(http.server.BaseHTTPRequestHandler):
    """Tunnels to `host` on port 443, and to nothing else, into the emulator."""

    host = port = None

    def do_CONNECT(self):
        if self.path != f"{self.host}:443":
            self.send_error(403)
            return
        with socket.create_connection(("127.0.0.1", self.port)) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=relay, args=(there, self.connection), daemon=True)
            back.start()
            relay(self.connection, there)
            back.join()

    def log_message(self, *_):
        """Says nothing."""


class Gateway(http.server.BaseHTTPRequestHandler):
    """Hands requests on to the deployed API under its own host name."""

    base = host = authority = None

    def hand_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = urllib.request.Request(self.base + self.path, method=self.command, data=body or None)
        for name, value in self.headers.items():
            request.add_header(name, value)
        request.add_header("Host", self.host)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS, context=self.context()) as answer:
                self.answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            self.answer(refused.code, refused.headers, refused.read())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = hand_on

    def context(self):
        return ssl.create_default_context(cafile=self.authority)

    def answer(self, status, headers, body):
        self.send_response(status)
        for name in ("Content-Type", "ETag", "Location"):
            if headers.get(name):
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing."""


def relay(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # The other direction has ended the tunnel.
        pass


def serve(handler, **settings):
    """Serves on a free port of this machine until the process ends; gives the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type(handler.__name__, (handler,), settings))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port
