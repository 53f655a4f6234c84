"""A shop under fire: the real servers on a database of their own, and everything that breaks in a year, in minutes.

`make faults` (python -m tests.faults) runs it in full, the suite a small part of it. Nothing here leaves 127.0.0.1.

house    the database, the web server, the worker, and the shop in it
marked   the product with eight places marked at which its process can be made to die, and guards that can be taken away
proxy    the network between desk and server: loses requests, drops answers after commit, is slow
desk     who presses the button, and presses it again with the same key, as the browser does
check    what was lost, what stands twice, which numbers are missing, and what does not hold
"""
