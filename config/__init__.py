"""Settings, logging and the data an office may edit."""
