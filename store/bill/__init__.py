"""Bills that explain themselves: whether their calls add up to them, and why one differs from the one before."""
