"""IPVS without I/O: the netlink codec, the wanted and actual table, schedulers, ipvsadm's text."""
