"""Tests of `capstone_build.presentation`."""
