"""Tests of lvstuihealth/io."""
