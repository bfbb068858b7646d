"""What schemathesis is told of types that are not JSON."""

import schemathesis

schemathesis.serializer.alias("application/zip", "application/octet-stream")


@schemathesis.deserializer("application/zip", "image/png")
def as_text(_context, response):
    """Bytes are a string to a schema, whatever they are."""
    return response.content.decode("latin-1")
