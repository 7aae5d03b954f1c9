"""Tests of lvstuisimulation."""
