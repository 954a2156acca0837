"""Has curl sign requests, and says what it sent.

    curl_sigv4.py ACCESS_KEY SECRET REGION SERVICE CONTENT_TYPE < bodies

A body is a line of base64.  Prints the port, then a JSON object of headers
for every body: what a local server received.
"""

import base64
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading


class Journal(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    received = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(dict(self.headers.items()))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def config(folder, port, bodies, access_key, secret, region, service, kind):
    """What curl reads with -K: one process makes all the requests."""
    parts = []
    for number, body in enumerate(bodies):
        path = folder / str(number)
        path.write_bytes(body)
        parts.append(
            f'url = "http://127.0.0.1:{port}/"\n'
            f'aws-sigv4 = "aws:amz:{region}:{service}"\n'
            f'user = "{access_key}:{secret}"\n'
            f'header = "Content-Type: {kind}"\n'
            f'data-binary = "@{path}"\n'
            'noproxy = "*"\n'
        )
    return "next\n".join(parts)


def main(*settings):
    bodies = [base64.b64decode(line) for line in sys.stdin]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Journal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "config").write_text(config(folder, port, bodies, *settings))
        subprocess.run(
            ["curl", "-q", "--silent", "--show-error", "-K", folder / "config"],
            check=True,
        )
    print(port)
    for headers in Journal.received:
        print(json.dumps(headers))


if __name__ == "__main__":
    main(*sys.argv[1:])
