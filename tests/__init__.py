"""The tests; they mirror lvstui path by path."""
