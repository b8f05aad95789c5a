"""The composition root's second half: builds the parts from the settings, and the server from the parts."""
