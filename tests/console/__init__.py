"""Tests of lvstuiconsole."""
