"""Tests of lvstuivrrp/io."""
