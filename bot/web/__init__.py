"""The gateway: the one public process, between visitors' browsers and everything else (`docs/protocol.md`).

Follow a message in this order: `websocket.py` or `http_transport.py` (how it came), `frames.py` (is it well formed),
`session.py` (what it does), `event_log_writer.py` (stored, then shown to everybody who looks), `bot_dispatcher.py` (the
bot answers). """
