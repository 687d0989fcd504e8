"""Tests of the bytes: the codec, the dissector, the descriptions and the captures."""
