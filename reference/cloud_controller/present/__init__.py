"""How does each resource look to a client? A record becomes a validated JSON document."""
