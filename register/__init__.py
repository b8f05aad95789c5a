"""The register of cases: gaps, inquiries and statutory requests, their clock and their history."""
