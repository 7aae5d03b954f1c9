"""A whole cluster on one machine: topology, traffic, faults, scenarios."""
