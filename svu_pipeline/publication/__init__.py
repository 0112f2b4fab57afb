"""7. What leaves the unit: the review as a document, as a page, as JSON and CSV, and the analysts' database."""
