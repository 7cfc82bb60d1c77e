"""What a transfer waits for from somebody: consents, a first refusal, publicity, a class, an appraisal, each a task."""
