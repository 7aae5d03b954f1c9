"""Tests of lvstuipeer."""
