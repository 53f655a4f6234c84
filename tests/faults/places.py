"""Where the process of a request can be made to die, in the order in which it comes there (marked.py)."""

PLACES = ("received", "claimed", "locked", "reserved", "numbered", "journalled", "committing", "committed")
