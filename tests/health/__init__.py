"""Tests of lvstuihealth."""
