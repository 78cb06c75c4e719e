"""What Brassplate knows: one SQLite file, plain SQL, frozen records."""
