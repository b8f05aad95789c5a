"""WeChat Official Account (公众号): codec, cryptography, platform API, and the channel that joins them."""
