"""Listings: an organisation's published data in pages for the API, by key and never by offset."""
