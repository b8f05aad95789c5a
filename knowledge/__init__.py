"""Disclosed documents: bring them in, index them, find the passage that answers."""
