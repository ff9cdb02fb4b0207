"""A load of HTTP requests from a process of its own: so many connections, kept alive, one request after the other.

    python -m bench.load PORT CONNECTIONS SECONDS [NAME:VALUE]… < requests

Each line of the input is ``METHOD PATH BODY``; each is sent once, with the headers given, and as if through a proxy
from an address of its own. Prints the number of answers, the seconds, and the 99th percentile of the latency in
milliseconds; any status of 400 or more stops it with an error.
"""

import http.client
import itertools
import queue
import sys
import threading
import time
from collections.abc import Sequence
from ipaddress import IPv4Address

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Load:
    """Shared by the threads: what is still to be sent, and how long each answer took."""

    def __init__(self, port: int, lines: list[str], seconds: float, headers: dict[str, str]) -> None:
        self.port = port
        self.headers = headers
        self.clients = itertools.count(int(IPv4Address("10.0.0.1")))
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        for line in lines:
            self.lines.put(line)
        self.until = time.perf_counter() + seconds
        self.took: list[float] = []
        self.failures: list[str] = []

    def one_connection(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while time.perf_counter() < self.until and not self.failures:
            try:
                method, path, body = self.lines.get_nowait().split(" ", 2)
            except queue.Empty:
                break
            began = time.perf_counter()
            link.request(method, path, body.strip() or None, self.headers_for(body.strip()))
            answer = link.getresponse()
            answer.read()
            self.took.append(time.perf_counter() - began)
            if answer.status >= 400:
                self.failures.append(f"{answer.status} for {method} {path}")
        link.close()

    def headers_for(self, body: str) -> dict[str, str]:
        """A form's where there is a body, those given, and the address of one more client."""
        client = str(IPv4Address(next(self.clients)))
        return {**(FORM if body else {}), **self.headers, "X-Forwarded-For": client}


def main(port: int, connections: int, seconds: float, headers: Sequence[str]) -> int:
    given = dict(header.split(":", 1) for header in headers)
    load = Load(port, sys.stdin.read().splitlines(), seconds, given)
    threads = [threading.Thread(target=load.one_connection) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if load.failures:
        sys.stderr.write(f"{load.failures[0]}\n")
        return 1
    p99 = sorted(load.took)[int(len(load.took) * 0.99)]
    sys.stdout.write(f"{len(load.took)} {time.perf_counter() - began:.4f} {p99 * 1000:.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
