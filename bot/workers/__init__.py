"""Tasks that run by themselves beside the gateway: time-outs, SLA, retention, sync with desks, feeds."""
