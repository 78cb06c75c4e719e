"""Supervisor: keeps the sockets while the processes that serve on them come and go."""
