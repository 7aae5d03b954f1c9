"""IPVS's contact with the world: the kernel plane, the userspace plane, the manager."""
