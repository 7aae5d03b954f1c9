"""Tests of lvstuiterminal."""
