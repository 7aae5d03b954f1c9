"""Tests of lvstuisystem."""
