"""What runs by itself beside the gateway: time-outs, SLA, retention, outboxes of desks and tickets."""
