"""What is kept: consent texts, the ledger of disclosures, who read what, and erasing with an approver."""
