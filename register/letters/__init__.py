"""Letters (文书) of a formal request: worded from templates that the office edits, checked, and printed."""
