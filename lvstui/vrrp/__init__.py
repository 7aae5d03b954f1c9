"""VRRP without I/O: packets, the state machine, priorities, neighbours, forecast."""
