"""Meta-analysis: pooling and what tells how far to trust it, pinned to R's metafor.

`pooling` is where to start; it takes arrays of effects and variances and returns a frozen result.
The others take the same arrays: `sensitivity` (leave-one-out, cumulative, subgroups),
`meta_regression`, `egger`, `trim_and_fill`; `mantel_haenszel` takes counts.
"""
