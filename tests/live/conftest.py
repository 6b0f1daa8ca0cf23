"""The gateway in this process: the fixtures of `gateway_fixtures.py`."""

from gateway_fixtures import *  # noqa: F403
