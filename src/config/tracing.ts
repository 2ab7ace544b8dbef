import Type, { type Static } from 'typebox';

/** Traces, by OpenTelemetry's own variables where it has one. */
export const Tracing = Type.Object(
  {
    endpoint: Type.Optional(
      Type.String({
        env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        pattern: '^https?://[^\\s?#]+$',
        description:
          'Collector that takes OTLP over HTTP, such as `http://localhost:4318`; spans go to its `/v1/traces`. Without it nothing is traced.',
      }),
    ),
    tracesEndpoint: Type.Optional(
      Type.String({
        env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
        pattern: '^https?://[^\\s#]+$',
        description: 'The same for traces alone, as it stands, path and all.',
      }),
    ),
    protocol: Type.Enum(['http/protobuf', 'http/json'], {
      env: 'OTEL_EXPORTER_OTLP_PROTOCOL',
      default: 'http/protobuf',
      description: 'How spans are sent; gRPC is not spoken.',
    }),
    disabled: Type.Boolean({
      env: 'OTEL_SDK_DISABLED',
      default: false,
      description: 'Traces nothing, whatever else is set.',
    }),
    serviceName: Type.String({
      env: 'OTEL_SERVICE_NAME',
      default: 'sagemaker-gateway',
      minLength: 1,
      description: 'Name of the gateway in traces. `OTEL_RESOURCE_ATTRIBUTES` adds more about it.',
    }),
    sampler: Type.Enum(
      [
        'always_on',
        'always_off',
        'traceidratio',
        'parentbased_always_on',
        'parentbased_always_off',
        'parentbased_traceidratio',
      ],
      {
        env: 'OTEL_TRACES_SAMPLER',
        default: 'parentbased_traceidratio',
        description:
          'Which requests are recorded. `parentbased_…`: a caller that sends a traceparent decides for its own; without that no caller can.',
      },
    ),
    sampleRatio: Type.Number({
      env: 'OTEL_TRACES_SAMPLER_ARG',
      default: 1,
      minimum: 0,
      maximum: 1,
      description: 'Share that the samplers of a ratio record; 0.01 is one in a hundred.',
    }),
    exportIntervalMs: Type.Integer({
      env: 'OTEL_BSP_SCHEDULE_DELAY',
      default: 5_000,
      minimum: 10,
      maximum: 600_000,
      description: 'How often spans are sent, ms.',
    }),
    toContainer: Type.Boolean({
      env: 'TRACE_TO_CONTAINER',
      default: false,
      description:
        'Hands the trace on to the model’s container as `traceparent=…` in X-Amzn-SageMaker-Custom-Attributes, the only header that SageMaker passes to it.',
    }),
  },
  { default: {}, additionalProperties: false },
);
export type Tracing = Static<typeof Tracing>;

/** Where spans go. Undefined: nothing is traced. */
export function tracesUrl({ endpoint, tracesEndpoint, disabled }: Tracing): string | undefined {
  if (disabled) return undefined;
  return tracesEndpoint ?? (endpoint === undefined ? undefined : `${endpoint.replace(/\/+$/, '')}/v1/traces`);
}
