"""The portal's settings, with the addresses at which something goes wrong."""

from portal.settings import *  # noqa: F403 - a settings module that changes one value

ROOT_URLCONF = "tests.web.faults"
