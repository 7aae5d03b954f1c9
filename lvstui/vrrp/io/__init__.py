"""VRRP's contact with the world: advert sockets, addresses, ARP, trackers, the worker."""
