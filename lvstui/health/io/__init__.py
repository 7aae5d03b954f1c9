"""Health checking's contact with the world: probes, scripts, the worker."""
