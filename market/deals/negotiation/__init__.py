"""From an offer to a deal: the document of terms an offer carries, its pages, and the deal its acceptance concludes."""
