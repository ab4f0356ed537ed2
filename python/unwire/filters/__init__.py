"""Filters: the dialects in which packets are asked for, and the one tree that they all become. The engine asks it of the packets."""
