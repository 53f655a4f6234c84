"""What papers about orders change: each service one transaction, once per request key."""
