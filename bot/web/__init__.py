"""The gateway: the one public process, between visitors' browsers and everything else (`docs/protocol.md`).

Follow a message in this order: `socket.py` or `http.py` (how it came), `frames.py` (is it well formed), `session.py`
(what it does), `journal.py` (stored, then shown to everybody who looks), `relay.py` (the bot answers).
"""
