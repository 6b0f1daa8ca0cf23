"""One turn of the conversation: a message with what was understood of it goes in, a reply and the new state come out.

Follow it in this order: `turn.py` (what comes in), `state.py` (what is remembered), `manager.py` (who answers),
`context_resolution.py` (what exactly is asked), then `bot.services.answer`, `form.py` or `bot.services.hand_off`.
"""
