"""Tests of lvstuiipvs."""
