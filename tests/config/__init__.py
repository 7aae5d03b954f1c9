"""Tests of lvstuiconfig."""
