"""Runs command lines by the AWS CLI and by sesctl, in front of a server that answers
what it is told, and says what came of each.

    command_runner.py MODELS < cases > results

A case is one JSON text a line: line, as a shell reads it, or argv; env, what differs from the common environment
(false: is not set); replies, what the server answers one after the other, the last one
again and again; endpoint, where it is not the server (false: none is given).  A case
that is lines, lists of words, runs them one after the other, each followed by \\036.  A
result has for "aws" and "sesctl": status, out, errors, and requests as the server saw.

The AWS CLI is imported once and forked for each line, which is a third of the time.
"""

import base64
import gzip
import json
import os
import pathlib
import shlex
import signal
import socket
import sys
import tempfile
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import awscli
import awscli.clidriver

WHO = ("aws", "sesctl")
AT_ONCE = 4
LONGEST = 60
END = "\036"
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "AWS_PAGER": "",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "us-east-1",
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        _, who, number = self.path.split("?")[0].split("/")[:3]
        seen = self.server.seen.setdefault((who, number), [])
        seen.append(0)
        record = {
            "who": who,
            "number": int(number),
            "method": self.command,
            "path": self.path[len(f"/{who}/{number}"):],
            "type": self.headers.get("Content-Type"),
            "body": body.decode("utf-8", "backslashreplace"),
            "signed": "Authorization" in self.headers,
        }
        with open(self.server.log, "a", encoding="utf-8") as log:
            log.write(json.dumps(record) + "\n")
        replies = self.server.cases[int(number)].get("replies") or [{}]
        self.give(replies[min(len(seen), len(replies)) - 1])

    def give(self, reply):
        if reply.get("hang"):
            time.sleep(reply["hang"])
        if reply.get("close"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = reply.get("body", "").encode("utf-8")
        if "bytes" in reply:
            body = base64.b64decode(reply["bytes"])
        try:
            self.send_response_only(reply.get("status", 200))
            for name, value in (reply.get("headers") or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + reply.get("missing", 0)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass
        if reply.get("missing"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer


def unpacked(models, folder):
    """The models as Debian's version reads them, which knows no .gz."""
    for path in pathlib.Path(models).glob("*/*/*.json*"):
        text = path.read_bytes()
        if path.suffix == ".gz":
            path, text = path.with_suffix(""), gzip.decompress(text)
        copy = folder / path.relative_to(models)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(text)
    return str(folder)


def serve(cases, log):
    """Starts the server in a process of its own, which the forks do not share."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.cases, server.log, server.seen = cases, log, {}
    server.daemon_threads = True
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        server.serve_forever()
    port = server.server_address[1]
    server.socket.close()
    return child, port


def environment_of(case, folder):
    environment = dict(ENVIRONMENT, HOME=str(folder), PATH=os.environ["PATH"])
    for name in ("LUA_PATH", "LUA_CPATH", "LD_PRELOAD", "LSAN_OPTIONS", "ASAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    for name, value in (case.get("env") or {}).items():
        environment.pop(name, None)
        if value is not False:
            environment[name] = value
    return environment


def call_aws(argv):
    sys.argv = ["aws", *argv]
    try:
        return awscli.clidriver.main() or 0
    except SystemExit as ended:
        return ended.code or 0


def become_aws(lines, environment, models):
    os.environ.clear()
    os.environ.update(environment)
    # As importing the AWS CLI has it.
    data = str(pathlib.Path(awscli.__file__).parent / "data")
    os.environ["AWS_DATA_PATH"] = os.pathsep.join([models, data])
    time.tzset()
    status = 0
    for line in lines:
        status = status or call_aws(line)
        if len(lines) > 1:
            sys.stdout.write(END)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def become_sesctl(lines, environment):
    if len(lines) == 1:
        os.execvpe("sesctl", ["sesctl", *lines[0]], environment)
    script = "".join(f"sesctl {shlex.join(line)} && printf '\\036' || exit\n" for line in lines)
    os.execvpe("sh", ["sh", "-c", script], environment)


class Run:
    """One command line, run by one of both."""

    def __init__(self, who, number, case, port, folder, models):
        self.files = [tempfile.TemporaryFile() for _ in range(2)]
        lines = self.lines_of(case)
        endpoint = case.get("endpoint", f"http://127.0.0.1:{port}/{who}/{number}")
        if endpoint and "lines" not in case:
            lines[0] += ["--endpoint-url", endpoint]
        environment = environment_of(case, folder)
        self.begun = time.monotonic()
        self.child = os.fork()
        if self.child == 0:
            try:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                for i, file in enumerate(self.files):
                    os.dup2(file.fileno(), i + 1)
                os.chdir(folder)
                if who == "aws":
                    become_aws(lines, environment, models)
                become_sesctl(lines, environment)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(99)

    @staticmethod
    def lines_of(case):
        if "line" in case:
            return [shlex.split(case["line"])]
        return case.get("lines") or [list(case["argv"])]

    def result(self):
        texts = []
        for file in self.files:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "backslashreplace"))
        return {"status": self.status, "out": texts[0], "errors": texts[1]}

    def ended(self):
        child, status = os.waitpid(self.child, os.WNOHANG)
        if child == 0 and time.monotonic() - self.begun > LONGEST:
            os.kill(self.child, signal.SIGKILL)
            child, status = os.waitpid(self.child, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return child != 0


def run_all(cases, port, folder, models):
    results = [{} for _ in cases]
    waiting = [(who, i) for i in range(len(cases)) for who in WHO]
    running = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            who, i = waiting.pop(0)
            running[who, i] = Run(who, i, cases[i], port, folder, models)
        for (who, i), run in list(running.items()):
            if run.ended():
                results[i][who] = dict(run.result(), requests=[])
                del running[who, i]
        time.sleep(0.005)
    return results


def main():
    models = sys.argv[1]
    cases = [json.loads(line) for line in sys.stdin]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        log = folder / "requests"
        log.touch()
        home = folder / "home"
        home.mkdir()
        models = unpacked(models, folder / "models")
        server, port = serve(cases, log)
        try:
            results = run_all(cases, port, home, models)
        finally:
            os.kill(server, signal.SIGTERM)
            os.waitpid(server, 0)
        for line in log.read_text(encoding="utf-8").splitlines():
            request = json.loads(line)
            results[request["number"]][request["who"]]["requests"].append(request)
    for result in results:
        sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
