"""The gateway: the one public process, between visitors' browsers and everything else (`docs/protocol.md`).

A message passes `websocket.py` or `http_transport.py`, then, in `bot.live`, `frames.py` (checked),
`visitor_connection.py` (handled), `event_log_writer.py` (stored), `pubsub.py` (shown), `bot_dispatcher.py` (answered).
"""
