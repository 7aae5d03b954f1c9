"""Tests of lvstuiipvs/io."""
