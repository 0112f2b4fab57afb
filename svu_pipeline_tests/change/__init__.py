"""Why figures change, what differs, what would change."""
