"""Settings: Customer Access once it is there: the switch, the address, the colour."""
