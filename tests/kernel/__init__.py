"""Tests of lvstuikernel."""
