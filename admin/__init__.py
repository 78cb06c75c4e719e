"""The admin console: where an organisation puts its own name on its door."""
