"""Pure rules of support: customers, entitlement, routing, triage. Imports the standard library only."""
