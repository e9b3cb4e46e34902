"""Makers' JavaScript codecs: kept in a folder, proven by vectors, run in processes that may be killed."""

from ingest.codecs.codec import Answer, Codec, CodecRequest, Limits
from ingest.codecs.library import CodecLibrary
from ingest.codecs.pool import CodecPool

__all__ = ["Answer", "Codec", "CodecLibrary", "CodecPool", "CodecRequest", "Limits"]
