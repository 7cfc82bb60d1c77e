"""The demonstration: a cast, a catalogue of rights with valid numbers, and a show that never stops."""
