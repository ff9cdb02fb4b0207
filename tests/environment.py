"""The environment of the tests. Loaded by ``-p`` before Django reads its settings.

Every pytest process, each of pytest-xdist's included, gets a folder, a Valkey and a mail port of its own, so that
a worker of one test never takes a task of another.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from portal.demo.processes import free_port
from tests.servers import Valkey

folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
atexit.register(shutil.rmtree, folder, ignore_errors=True)

smtp_port = free_port()
# A worker of pytest-xdist inherits our REDIS_URL; only the other name says that somebody gave us a server.
given_redis = os.environ.get("PORTAL_TESTS_REDIS_URL")
if given_redis is None and "PYTEST_XDIST_WORKER" not in os.environ and "REDIS_URL" in os.environ:
    given_redis = os.environ["PORTAL_TESTS_REDIS_URL"] = os.environ["REDIS_URL"].rstrip("/")
valkey: Valkey | None = None

if given_redis:
    # One server was given for all: each process takes a database of its own.
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    server = given_redis.rsplit("/", 1)[0] if given_redis.count("/") > 2 else given_redis
    redis_url = f"{server}/{number}"
else:
    valkey = Valkey()
    atexit.register(valkey.close)
    redis_url = valkey.url

os.environ |= {
    "DEMO": "1",
    "VAR_DIR": str(folder),
    "REDIS_URL": redis_url,
    "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
    "BASE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
}
