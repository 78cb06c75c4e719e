"""Brand: pictures that organisations upload, and their portal's look before customers see it."""
