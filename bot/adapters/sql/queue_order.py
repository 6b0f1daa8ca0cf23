"""The order of the queue, most urgent first, as the terms of an SQL `ORDER BY` over `tables.cases`."""

from __future__ import annotations

from sqlalchemy import case, func

from bot.adapters.sql.tables import cases

# An unknown priority waits behind P2 and before P3: nobody has called it minor yet.
_urgency = case(
    (cases.c.priority == "p1", 1), (cases.c.priority == "p2", 2),
    (cases.c.priority == "p3", 4), (cases.c.priority == "p4", 5), else_=3,
)
# Within a priority, a case with an SLA due time goes before a case without.
# A case without due time sorts by `created_at`: row values cannot be compared with NULL.
QUEUE_ORDER = (
    _urgency,
    case((cases.c.first_response_due_at.is_(None), 1), else_=0),
    func.coalesce(cases.c.first_response_due_at, cases.c.created_at),
    cases.c.created_at,
    cases.c.id,
)
