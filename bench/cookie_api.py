"""The cookie API through gunicorn: what consent.js asks on every page, and the choices it sends.

Each request comes from an address of its own, as visitors do, so that no limit is reached.
"""

import json
import os
from collections.abc import Iterator, Sequence

from bench.scene import Scene
from bench.table import Figure
from bench.web import load
from consent.cookies import register
from consent.cookies.choice_cookie import Credentials, new_key
from consent.cookies.models import Choice
from portal.organisation import versions
from tests.processes import LivePortal

CONFIGS = 20_000
SAVES = 4_000
WARM_UP = 100
API = "/api/v1/cookies"


def measure(scene: Scene) -> Iterator[Figure]:
    """Configurations and saves a second, with their 99th percentiles."""
    site, origin = asking()
    headers = [f"Origin:{origin}", "Content-Type:text/plain"]
    with LivePortal({**os.environ, "TRUSTED_PROXY_COUNT": "1"}, scene.folder, workers=2, threads=4) as portal:
        asked = [f"GET {API}/config?site={site} "] * CONFIGS
        load(portal.port, asked[:WARM_UP], *headers)
        _count, rate, p99 = load(portal.port, asked, *headers)
        yield Figure("cookie config through gunicorn", rate, "/s")
        yield Figure("… 99th percentile of a config", p99, "ms")
        presses = [f"POST {API}/choices {press(site)}" for _ in range(SAVES)]
        load(portal.port, presses[:WARM_UP], *headers)
        rate, p99 = saved(portal.port, presses[WARM_UP:], *headers)
        yield Figure("cookie choices saved through gunicorn", rate, "/s")
        yield Figure("… 99th percentile of a save through gunicorn", p99, "ms", aim="under 100")


def asking() -> tuple[str, str]:
    """A site where something is optional, and one of its origins. Raises RuntimeError where nothing is."""
    organisation = versions.current().organisation
    for code, site in organisation.cookies.sites.items():
        if register.optional(organisation, code):
            return code, site.origins[0]
    raise RuntimeError("This organisation asks for nothing: choose another with ORGANISATION.")


def press(site: str) -> str:
    """Yes to the first optional category of the site, in a browser of its own."""
    current, who = versions.current(), Credentials.drawn()
    choices = {next(iter(register.optional(current.organisation, site))): True}
    named = {"reference": who.reference, "secret": who.secret, "key": new_key()}
    return json.dumps({"site": site, "version": current.number, "choices": choices, "path": "/", **named})


def saved(port: int, presses: Sequence[str], *headers: str) -> tuple[float, float]:
    """Saves a second and the 99th percentile, having seen that each left its row. Raises RuntimeError otherwise."""
    before = Choice.objects.count()
    count, rate, p99 = load(port, presses, *headers)
    if Choice.objects.count() != before + count:
        raise RuntimeError("Not every save left its row.")
    return rate, p99
