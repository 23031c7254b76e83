"""Not scipy: its place in the image, where scipy's 100 MB are left out.

Great Expectations imports `scipy.stats` for expectations about distributions, which this project has none of.
"""
