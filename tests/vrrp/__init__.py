"""Tests of lvstuivrrp."""
