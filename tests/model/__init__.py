"""Tests of lvstuimodel."""
