"""Tests of lvstuicontrol."""
