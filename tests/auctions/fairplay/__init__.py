"""Fair play: signs, reviews, bars, and who may not bid at all."""
