"""Tests of lvstuilab."""
