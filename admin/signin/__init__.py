"""Sign-in: how staff come in and go out."""
