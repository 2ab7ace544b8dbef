# What schemathesis has to be told beyond the document. Found by SCHEMATHESIS_HOOKS.
import schemathesis

schemathesis.serializer.alias(["application/jsonlines", "text/libsvm"], "text/plain")


@schemathesis.deserializer("application/vnd.amazon.eventstream")
def event_stream(context, response):
    # Bytes in AWS's own framing; test/predict/wire reads them with AWS's own clients.
    return response.content


@schemathesis.hook
def before_call(context, case, **kwargs):
    # A place in a list comes from the page before; one that was made up is rightly refused.
    if case.meta and case.meta.generation.mode.is_positive and case.query:
        case.query.pop("nextToken", None)
