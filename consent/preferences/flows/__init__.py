"""What a person may do about what they receive: each verb is one typed function, and one act in the ledger."""
