"""Tests of lvstuiengine."""
