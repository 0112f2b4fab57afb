"""The claim checker: every figure of a draft release or an article, judged against the catalogue (capabilities, G2).

A text goes through a few passes, each in its own file: `read` (file to text), `sentences`, `numbers`, `aside` (numbers that are
no claims), `windows` and `places` (what they are of), `bind` (to a metric), `judge` and `report`. Rules and a lexicon
(`lexicon.toml`), not a model: the same text gives the same verdicts, and each verdict says why.
"""
